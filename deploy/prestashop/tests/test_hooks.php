<?php
/**
 * Each hook, with what PrestaShop 1.7.8, 8 and 9 hand over (prestashop.md, section 3.3).
 */
$order = function () {
    return new Order(1042);
};
$state = object(['id' => 2, 'paid' => 1]);
$paid = ['newOrderStatus' => $state, 'id_order' => 1042];
$placed = function () use ($order, $state) {
    return ['cart' => object(['id' => 9]), 'order' => $order(), 'customer' => object(['id' => 7, 'email' => 'a@b.c']),
        'currency' => object(['id' => 1]), 'orderStatus' => $state];
};

// version, hook, parameters, [type, data] or null where nothing is to be told
$calls = [
    ['1.7.8', 'actionValidateOrder', $placed, ['order.created', ['id_order' => 1042]]],
    ['8', 'actionValidateOrder', $placed, ['order.created', ['id_order' => 1042]]],
    ['9', 'actionValidateOrder', $placed, ['order.created', ['id_order' => 1042]]],
    ['8', 'actionValidateOrderAfter', function () use ($placed, $order) {
        return $placed() + ['orders' => [$order()]];
    }, ['order.created', ['id_order' => 1042]]],
    ['9', 'actionValidateOrderAfter', $placed, ['order.created', ['id_order' => 1042]]],
    ['all', 'actionPaymentConfirmation', ['id_order' => 1042], ['order.paid', ['id_order' => 1042]]],
    ['1.7.8', 'actionOrderStatusPostUpdate', $paid,
        ['order.status_changed', ['id_order' => 1042, 'id_order_state' => 2]]],
    ['8, 9', 'actionOrderStatusPostUpdate', $paid + ['oldOrderStatus' => object(['id' => 10])],
        ['order.status_changed', ['id_order' => 1042, 'id_order_state' => 2]]],
    ['a text for an id', 'actionOrderStatusPostUpdate', ['id_order' => '1042'] + $paid,
        ['order.status_changed', ['id_order' => 1042, 'id_order_state' => 2]]],
    ['all', 'actionOrderHistoryAddAfter', ['order_history' => object(['id_order' => '1042', 'id_order_state' => '4'])],
        ['order.status_changed', ['id_order' => 1042, 'id_order_state' => 4]]],
    ['all', 'actionOrderEdited', function () use ($order) {
        return ['order' => $order()];
    }, ['order.edited', ['id_order' => 1042]]],
    ['1.7.8', 'actionProductCancel', function () use ($order) {
        return ['order' => $order(), 'id_order_detail' => 13];
    }, ['order.edited', ['id_order' => 1042]]],
    ['8, 9', 'actionProductCancel', function () use ($order) {
        return ['order' => $order(), 'id_order_detail' => 13, 'cancel_quantity' => 1, 'action' => 2];
    }, ['order.edited', ['id_order' => 1042]]],
    ['all', 'actionOrderSlipAdd', function () use ($order) {
        return ['order' => $order(), 'productList' => [], 'qtyList' => []];
    }, ['order.refunded', ['id_order' => 1042]]],
    ['all', 'actionOrderReturn', ['orderReturn' => object(['id' => 5, 'id_order' => '1042', 'question' => 'too small'])],
        ['order.return_requested', ['id_order' => 1042, 'id_order_return' => 5]]],
    ['all', 'actionObjectOrderUpdateAfter', function () use ($order) {
        return ['object' => $order()];
    }, ['order.updated', ['id_order' => 1042]]],
    ['all', 'actionObjectAddressUpdateAfter', ['object' => object(['id' => '31', 'city' => 'Lyon'])],
        ['order.address_changed', ['id_order' => 1042]]],
    ['all', 'actionObjectCustomerAddAfter', ['object' => object(['id' => 7, 'id_shop' => 1, 'email' => 'a@b.c'])],
        ['customer.updated', ['id_customer' => 7]]],
    ['all', 'actionObjectCustomerUpdateAfter', ['object' => object(['id' => 7, 'id_shop' => 1, 'email' => 'a@b.c'])],
        ['customer.updated', ['id_customer' => 7]]],
    ['1.7.8', 'actionUpdateQuantity', ['id_product' => 20, 'id_product_attribute' => 44, 'quantity' => 3],
        ['stock.changed', ['id_product' => 20, 'id_product_attribute' => 44]]],
    ['8', 'actionUpdateQuantity', ['id_product' => 20, 'id_product_attribute' => 0, 'quantity' => 3, 'delta_quantity' => -1,
        'id_shop' => null], ['stock.changed', ['id_product' => 20, 'id_product_attribute' => 0]]],
    ['9', 'actionUpdateQuantity', ['id_product' => 20, 'id_product_attribute' => 44, 'quantity' => 3, 'delta_quantity' => -1,
        'id_shop' => 1], ['stock.changed', ['id_product' => 20, 'id_product_attribute' => 44]]],
    ['odd', 'actionValidateOrder', [], null],
    ['odd', 'actionValidateOrder', ['order' => null], null],
    ['odd', 'actionValidateOrder', ['order' => object(['id' => null, 'id_shop' => 1])], null],
    ['odd', 'actionValidateOrderAfter', ['orders' => 'none'], null],
    ['odd', 'actionOrderStatusPostUpdate', ['newOrderStatus' => null, 'id_order' => 'x'], null],
    ['odd', 'actionOrderHistoryAddAfter', [], null],
    ['odd', 'actionOrderReturn', ['orderReturn' => false], null],
    ['odd', 'actionObjectAddressUpdateAfter', ['object' => object(['id' => null])], null],
    ['odd', 'actionUpdateQuantity', [], null],
];

$tests = [];
foreach ($calls as $number => list($version, $hook, $params, $told)) {
    $tests["$hook ($version, $number) writes its row in the same request"] = function ($module) use ($hook, $params, $told) {
        Db::getInstance()->tables['ps_orders'] = [
            ['id_order' => 1042, 'id_shop' => 1, 'id_address_delivery' => 31, 'id_address_invoice' => 30],
            ['id_order' => 1043, 'id_shop' => 2, 'id_address_delivery' => 32, 'id_address_invoice' => 32],
        ];
        $module->{'hook' . ucfirst($hook)}($params instanceof Closure ? $params() : $params);
        $rows = $module->rows();
        if ($told === null) {
            return same([], $rows);
        }
        same(1, count($rows));
        $body = json_decode($rows[0]['body'], true);
        same($told, [$body['type'], $body['data']]);
        same([1, '2026-05-28T20:26:40Z', 'waiting'], [$body['shop_id'], $body['timestamp'], $rows[0]['state']]);
        lacks(json_encode($rows), 'a@b.c');
    };
}

return $tests + [
    'every hook that is registered has its method' => function ($module) {
        same(Waybill::HOOKS, $module->registered);
        foreach (Waybill::HOOKS as $hook) {
            same(true, method_exists($module, 'hook' . ucfirst($hook)), $hook);
        }
    },
    'every split order is told, in its own shop' => function ($module) {
        $module->hookActionValidateOrderAfter(['orders' => [new Order(1042), new Order(1043)]]);
        same([1, 2], array_column($module->rows(), 'id_shop'));
    },
    'what happens to one order in one request is one row, named after the weightiest' => function ($module) {
        $order = new Order(1042);
        $module->hookActionValidateOrder(['order' => $order]);
        $module->hookActionPaymentConfirmation(['id_order' => 1042]);
        $module->hookActionObjectOrderUpdateAfter(['object' => $order]);
        $module->hookActionOrderStatusPostUpdate(['id_order' => 1042, 'newOrderStatus' => object(['id' => 2])]);
        same(['order.created'], array_column($module->rows(), 'type'));
        holds($module->rows()[0]['body'], 'order.created');
    },
    'a weightier hint renames a row that waits' => function ($module) {
        $module->hookActionObjectOrderUpdateAfter(['object' => new Order(1042)]);
        $module->hookActionOrderStatusPostUpdate(['id_order' => 1042, 'newOrderStatus' => object(['id' => 4])]);
        same(['order.status_changed'], array_column($module->rows(), 'type'));
        holds($module->rows()[0]['body'], '"id_order_state":4');
    },
    'a refund keeps its name, whatever else happens to the order' => function ($module) {
        $module->hookActionOrderSlipAdd(['order' => new Order(1042)]);
        $module->hookActionOrderStatusPostUpdate(['id_order' => 1042, 'newOrderStatus' => object(['id' => 7])]);
        same(['order.refunded'], array_column($module->rows(), 'type'));
    },
    'a lighter hint never renames a row, however it got its name' => function ($module) {
        $module->hookActionObjectOrderUpdateAfter(['object' => new Order(1042)]);
        $module->hookActionOrderStatusPostUpdate(['id_order' => 1042, 'newOrderStatus' => object(['id' => 4])]);
        $module->hookActionOrderEdited(['order' => new Order(1042)]);
        same(['order.status_changed'], array_column($module->rows(), 'type'));
    },
    'an invoice address counts as a delivery address does' => function ($module) {
        Db::getInstance()->tables['ps_orders'] = [
            ['id_order' => 1042, 'id_shop' => 1, 'id_address_delivery' => 31, 'id_address_invoice' => 30],
        ];
        $module->hookActionObjectAddressUpdateAfter(['object' => object(['id' => 30])]);
        same(['order 1042'], array_column($module->rows(), 'subject'));
    },
    'a return request is never merged into a change of the order' => function ($module) {
        $module->hookActionObjectOrderUpdateAfter(['object' => new Order(1042)]);
        $module->hookActionOrderReturn(['orderReturn' => object(['id' => 5, 'id_order' => 1042])]);
        same(['order.updated', 'order.return_requested'], array_column($module->rows(), 'type'));
    },
    'a broken database never breaks the checkout, and the log has no query' => function ($module) {
        Db::getInstance()->isBroken = true;
        $module->hookActionValidateOrder(['order' => new Order(1042)]);
        same(['Waybill: the outbox could not be used: PrestaShopDatabaseException'], PrestaShopLogger::$lines);
        same([], $module->work);
    },
    'nothing is written while no gateway is set' => function ($module) {
        Configuration::deleteByName(WaybillSettings::GATEWAY);
        $module->hookActionValidateOrder(['order' => new Order(1042)]);
        same([], $module->rows());
    },
    'nothing is called in a hook; the row goes out once after the answer' => function ($module) {
        $module->hookActionValidateOrder(['order' => new Order(1042)]);
        $module->hookActionPaymentConfirmation(['id_order' => 1042]);
        same([[], 1], [$module->fakeHttp->requests, count($module->work)]);
        $module->endRequest();
        same([1, 'sent'], [count($module->fakeHttp->requests), $module->rows()[0]['state']]);
    },
];
