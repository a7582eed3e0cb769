<?php
/**
 * Waybill for PrestaShop 1.7.8, 8 and 9: tells Waybill what changes, and shows what the ERP made of an order.
 *
 * @author Waybill
 */
if (!defined('_PS_VERSION_')) {
    exit;
}

require_once __DIR__ . '/classes/WaybillHint.php';
require_once __DIR__ . '/classes/WaybillHttp.php';
require_once __DIR__ . '/classes/WaybillOrderStatus.php';
require_once __DIR__ . '/classes/WaybillOutbox.php';
require_once __DIR__ . '/classes/WaybillSender.php';
require_once __DIR__ . '/classes/WaybillSettings.php';
require_once __DIR__ . '/classes/WaybillSettingsPage.php';
require_once __DIR__ . '/classes/WaybillSignature.php';
require_once __DIR__ . '/classes/WaybillWords.php';

class Waybill extends Module
{
    const VERSION = '1.0.0';

    /** actionValidateOrderAfter exists from 8.0 on; before, it is registered and never called. */
    const HOOKS = [
        'actionValidateOrder',
        'actionValidateOrderAfter',
        'actionPaymentConfirmation',
        'actionOrderStatusPostUpdate',
        'actionOrderHistoryAddAfter',
        'actionOrderEdited',
        'actionProductCancel',
        'actionOrderSlipAdd',
        'actionOrderReturn',
        'actionObjectOrderUpdateAfter',
        'actionObjectAddressUpdateAfter',
        'actionObjectCustomerAddAfter',
        'actionObjectCustomerUpdateAfter',
        'actionUpdateQuantity',
        'displayOrderDetail',
        'displayAdminOrderMain',
    ];

    /** An address that very many orders share is not told for each of them. */
    const MOST_ORDERS_OF_ADDRESS = 50;

    /** The rest of a large import is left to cron. */
    const MOST_AFTER_RESPONSE = 100;

    const FINISHED_SECONDS = 20;
    const UNFINISHED_SECONDS = 2;

    /** @var array<string, true> what this request wrote and delivers after its answer */
    private $written = [];

    public function __construct()
    {
        $this->name = 'waybill';
        $this->tab = 'administration';
        $this->version = self::VERSION;
        $this->author = 'Waybill';
        $this->need_instance = 0;
        $this->bootstrap = true;
        $this->ps_versions_compliancy = ['min' => '1.7.8.0', 'max' => '9.99.99'];
        parent::__construct();
        $this->displayName = $this->trans('Waybill', [], 'Modules.Waybill.Admin');
        $this->description = $this->trans(
            'Takes orders into the ERP, and shows its number, shipments and documents with the order.',
            [],
            'Modules.Waybill.Admin'
        );
        $this->confirmUninstall = $this->trans(
            'Orders go on being read from the shop, only later. Uninstall?',
            [],
            'Modules.Waybill.Admin'
        );
    }

    public function isUsingNewTranslationSystem(): bool
    {
        return true;
    }

    public function install(): bool
    {
        if (!parent::install() || !(new WaybillOutbox())->create() || !$this->orderStatus()->create()) {
            return false;
        }
        WaybillSettings::setUp();
        foreach (self::HOOKS as $hook) {
            if (!$this->registerHook($hook)) {
                return false;
            }
        }

        return true;
    }

    /** Keeps the outbox and the settings, so that a reset loses nothing, unless the merchant asked otherwise. */
    public function uninstall(): bool
    {
        if (WaybillSettings::forgetsAll()) {
            (new WaybillOutbox())->drop();
            WaybillSettings::forget();
        }
        $this->orderStatus()->drop();

        return parent::uninstall();
    }

    public function getContent(): string
    {
        $page = new WaybillSettingsPage($this, new WaybillOutbox(), $this->clock());
        $message = $page->act();
        $link = $this->context->link;
        $this->context->smarty->assign($page->shown(
            $link->getAdminLink('AdminModules', true, [], ['configure' => $this->name]),
            $link->getModuleLink($this->name, 'cron', ['token' => WaybillSettings::cronToken()], true)
        ));

        return $message . $this->display(__FILE__, 'views/templates/admin/configure.tpl');
    }

    public function hookActionValidateOrder(array $params): void
    {
        $this->noteOrder('order.created', $params, 'order');
    }

    public function hookActionValidateOrderAfter(array $params): void
    {
        $orders = isset($params['orders']) && is_array($params['orders']) ? $params['orders'] : [];
        foreach ($orders ?: [isset($params['order']) ? $params['order'] : null] as $order) {
            $this->noteOrder('order.created', ['order' => $order], 'order');
        }
    }

    public function hookActionPaymentConfirmation(array $params): void
    {
        $this->noteOrderById('order.paid', self::id($params, 'id_order'));
    }

    public function hookActionOrderStatusPostUpdate(array $params): void
    {
        $state = isset($params['newOrderStatus']) && is_object($params['newOrderStatus'])
            ? ['id_order_state' => (int) $params['newOrderStatus']->id] : [];
        $this->noteOrderById('order.status_changed', self::id($params, 'id_order'), $state);
    }

    /** The row of the history comes after the hook above: whoever read the order in between missed it. */
    public function hookActionOrderHistoryAddAfter(array $params): void
    {
        if (isset($params['order_history']) && is_object($params['order_history'])) {
            $history = $params['order_history'];
            $state = ['id_order_state' => (int) $history->id_order_state];
            $this->noteOrderById('order.status_changed', (int) $history->id_order, $state);
        }
    }

    public function hookActionOrderEdited(array $params): void
    {
        $this->noteOrder('order.edited', $params, 'order');
    }

    public function hookActionProductCancel(array $params): void
    {
        $this->noteOrder('order.edited', $params, 'order');
    }

    public function hookActionOrderSlipAdd(array $params): void
    {
        $this->noteOrder('order.refunded', $params, 'order');
    }

    public function hookActionOrderReturn(array $params): void
    {
        if (isset($params['orderReturn']) && is_object($params['orderReturn'])) {
            $return = $params['orderReturn'];
            $order = new Order((int) $return->id_order);
            $this->note(WaybillHint::orderReturn((int) $return->id_order, (int) $return->id, $this->shopOf($order)));
        }
    }

    /** Also what the back office does to an order's address: it points the order to another one. */
    public function hookActionObjectOrderUpdateAfter(array $params): void
    {
        $this->noteOrder('order.updated', $params, 'object');
    }

    public function hookActionObjectAddressUpdateAfter(array $params): void
    {
        $idAddress = isset($params['object']) && is_object($params['object']) ? (int) $params['object']->id : 0;
        if ($idAddress > 0) {
            foreach ($this->ordersOfAddress($idAddress) as $row) {
                $this->note(WaybillHint::order('order.address_changed', (int) $row['id_order'], (int) $row['id_shop']));
            }
        }
    }

    public function hookActionObjectCustomerAddAfter(array $params): void
    {
        $this->hookActionObjectCustomerUpdateAfter($params);
    }

    public function hookActionObjectCustomerUpdateAfter(array $params): void
    {
        if (isset($params['object']) && is_object($params['object'])) {
            $customer = $params['object'];
            $this->note(WaybillHint::customer((int) $customer->id, $this->shopOf($customer)));
        }
    }

    public function hookActionUpdateQuantity(array $params): void
    {
        $idProduct = self::id($params, 'id_product');
        if ($idProduct > 0) {
            $idShop = self::id($params, 'id_shop') ?: (int) $this->context->shop->id;
            $this->note(WaybillHint::stock($idProduct, self::id($params, 'id_product_attribute'), $idShop));
        }
    }

    public function hookDisplayOrderDetail(array $params): string
    {
        $order = isset($params['order']) ? $params['order'] : null;

        return $order instanceof Order ? $this->shown($order, 'order_detail.tpl') : '';
    }

    public function hookDisplayAdminOrderMain(array $params): string
    {
        $order = new Order(self::id($params, 'id_order'));

        return Validate::isLoadedObject($order) ? $this->shown($order, 'admin_order.tpl') : '';
    }

    /** Delivers what this request wrote; called when the buyer or employee has the answer. */
    public function deliverAfterResponse(): void
    {
        $keys = array_slice(array_keys($this->written), 0, self::MOST_AFTER_RESPONSE);
        $this->written = [];
        $seconds = $this->finishResponse() ? self::FINISHED_SECONDS : self::UNFINISHED_SECONDS;
        $outbox = new WaybillOutbox();
        try {
            // While the gateway is not there, nobody waits for it in vain: cron tries again.
            if (!$outbox->isUnreachable((int) call_user_func($this->clock()))) {
                $this->sender()->send($outbox->open($keys), $seconds, $seconds);
            }
        } catch (PrestaShopException $trouble) {
            $this->report($trouble);
        }
    }

    public function sender(): WaybillSender
    {
        return new WaybillSender(new WaybillOutbox(), $this->http(), $this->clock());
    }

    protected function http(): WaybillHttp
    {
        return new WaybillHttp();
    }

    /** @return callable that returns Unix seconds */
    protected function clock(): callable
    {
        return 'time';
    }

    protected function afterResponse(callable $work): void
    {
        register_shutdown_function($work);
    }

    /** Ends the answer for whoever waits for it; false where PHP cannot go on after that. */
    protected function finishResponse(): bool
    {
        if (session_status() === PHP_SESSION_ACTIVE) {
            session_write_close();
        }
        foreach (['fastcgi_finish_request', 'litespeed_finish_request'] as $finish) {
            if (function_exists($finish)) {
                return (bool) $finish();
            }
        }

        return PHP_SAPI === 'cli';
    }

    private function orderStatus(): WaybillOrderStatus
    {
        return new WaybillOrderStatus($this->http(), $this->clock());
    }

    private function noteOrder(string $type, array $params, string $name): void
    {
        if (isset($params[$name]) && is_object($params[$name]) && (int) $params[$name]->id > 0) {
            $order = $params[$name];
            $this->note(WaybillHint::order($type, (int) $order->id, $this->shopOf($order)));
        }
    }

    private function noteOrderById(string $type, int $idOrder, array $more = []): void
    {
        if ($idOrder > 0) {
            $this->note(WaybillHint::order($type, $idOrder, $this->shopOf(new Order($idOrder)), $more));
        }
    }

    /** Writes the row. Trouble with it never reaches the checkout: Waybill's reconciler finds the order. */
    private function note(WaybillHint $hint): void
    {
        if (!(new WaybillSettings($hint->idShop))->isComplete()) {
            return;
        }
        try {
            (new WaybillOutbox())->add($hint, (int) call_user_func($this->clock()));
        } catch (PrestaShopException $trouble) {
            $this->report($trouble);

            return;
        }
        if (!$this->written) {
            $this->afterResponse([$this, 'deliverAfterResponse']);
        }
        $this->written[$hint->key()] = true;
    }

    private function report(PrestaShopException $trouble): void
    {
        // Its text may quote the query: only its class is told.
        PrestaShopLogger::addLog('Waybill: the outbox could not be used: ' . get_class($trouble), 3);
    }

    private function shown(Order $order, string $template): string
    {
        $status = $this->orderStatus()->of((int) $order->id, $this->shopOf($order));
        if ($status === null || ($status['erp_number'] === '' && $template === 'order_detail.tpl')) {
            return '';
        }
        $words = new WaybillWords($this->getTranslator());
        $this->context->smarty->assign([
            'waybill_status' => $status,
            'waybill_stage' => $words->stageForCustomer($status['stage']),
            'waybill_documents' => array_map(function (array $document) use ($words) {
                return ['name' => $words->document($document['kind'])] + $document;
            }, $status['documents']),
        ]);

        return (string) $this->display(__FILE__, 'views/templates/hook/' . $template);
    }

    private function ordersOfAddress(int $idAddress): array
    {
        $rows = Db::getInstance()->executeS('SELECT `id_order`, `id_shop` FROM `' . _DB_PREFIX_ . 'orders`
            WHERE `id_address_delivery` = ' . $idAddress . ' OR `id_address_invoice` = ' . $idAddress . '
            ORDER BY `id_order` DESC LIMIT ' . self::MOST_ORDERS_OF_ADDRESS, true, false);

        return is_array($rows) ? $rows : [];
    }

    /** @param ObjectModel $thing an order or a customer */
    private function shopOf($thing): int
    {
        return (int) $thing->id_shop ?: (int) $this->context->shop->id;
    }

    private static function id(array $params, string $name): int
    {
        return isset($params[$name]) && is_numeric($params[$name]) ? (int) $params[$name] : 0;
    }
}
