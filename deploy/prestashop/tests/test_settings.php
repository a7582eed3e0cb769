<?php
/**
 * The settings page, installing and uninstalling.
 */
$press = function ($module, array $sent) {
    Tools::$sent = $sent;
    $page = $module->getContent();
    Tools::$sent = [];

    return $page;
};

return [
    'installing makes the tables, a secret and a token' => function () {
        Db::renew();
        Configuration::$values = [];
        $module = new TestedWaybill();
        same(true, $module->install());
        same(['ps_waybill_outbox', 'ps_waybill_order_status'], array_keys(Db::getInstance()->tables));
        same(1, preg_match('/^whsec_[A-Za-z0-9+\/]{43}=$/D', (new WaybillSettings())->secrets()[0]));
        same(1, preg_match('/^[0-9a-f]{40}$/D', WaybillSettings::cronToken()));
    },
    'uninstalling keeps outbox and secret, and installing again goes on with them' => function ($module) {
        $module->hookActionValidateOrder(['order' => new Order(1042)]);
        $module->uninstall();
        same(['ps_waybill_outbox'], array_keys(Db::getInstance()->tables));
        $module->install();
        same([1, [SECRET]], [count($module->rows()), (new WaybillSettings())->secrets()]);
    },
    'uninstalling deletes all when it was asked to' => function ($module) use ($press) {
        $press($module, ['submitWaybillSettings' => '1', 'waybill_gateway' => 'https://waybill.example.com',
            'waybill_connection' => 'shop', 'waybill_forgets_all' => '1']);
        $module->uninstall();
        same([[], []], [Db::getInstance()->tables, Configuration::$values]);
    },
    'it is for 1.7.8 to 9' => function ($module) {
        same('1.7.8.0', $module->ps_versions_compliancy['min']);
        foreach (['1.7.8.11', '8.2.0', '9.1.2'] as $version) {
            same(true, version_compare($version, $module->ps_versions_compliancy['max'], '<='));
        }
    },
    'addresses' => function () {
        $right = ['https://waybill.example.com', 'https://w.example/sub/folder', 'https://w.example:8443', 'http://127.0.0.1:8080',
            'http://localhost', 'http://[::1]:8080'];
        $wrong = ['', 'waybill.example.com', 'http://waybill.example.com', 'ftp://w.example', 'https://user:pass@w.example',
            'https://w.example?x=1', 'https://w.example#x', 'https://', 'https://w example', "https://w.example\n", 'file:///etc/passwd',
            'http://127.0.0.1@evil.example', 'http://127.0.0.1.evil.example', 'http://localhost.evil.example', 'http://[::1]@evil.example',
            'gopher://127.0.0.1', 'https://w.example\\@evil.example', 'http://0x7f.1', 'javascript:alert(1)'];
        foreach ($right as $address) {
            same(true, WaybillSettings::isAddress($address), $address);
        }
        foreach ($wrong as $address) {
            same(false, WaybillSettings::isAddress($address), $address);
        }
    },
    'connection names' => function () {
        foreach (['shop' => true, 'shop-2_b' => true, '' => false, 'Shop' => false, '../x' => false, "shop\n" => false,
            str_repeat('a', 41) => false] as $name => $isRight) {
            same($isRight, WaybillSettings::isConnection((string) $name), $name);
        }
    },
    'a wrong address is refused with the fix, and the former stays' => function ($module) use ($press) {
        $page = $press($module, ['submitWaybillSettings' => '1', 'waybill_gateway' => 'http://evil.example', 'waybill_connection' => 'shop']);
        holds($page, 'class="wrong"');
        holds($page, 'https://');
        same('https://waybill.example.com', (new WaybillSettings())->gateway());
    },
    'a right address is kept without the last slash' => function ($module) use ($press) {
        holds($press($module, ['submitWaybillSettings' => '1', 'waybill_gateway' => ' https://new.example/x/ ',
            'waybill_connection' => ' web ']), 'class="ok"');
        $settings = new WaybillSettings();
        same(['https://new.example/x', 'web'], [$settings->gateway(), $settings->connection()]);
    },
    'what was stored by another hand is not trusted either' => function ($module) {
        Configuration::updateValue(WaybillSettings::GATEWAY, 'http://169.254.169.254');
        $module->hookActionValidateOrder(['order' => new Order(1042)]);
        $module->hookDisplayOrderDetail(['order' => new Order(1042)]);
        same([[], []], [$module->rows(), $module->fakeHttp->requests]);
    },
    'the test is sent at once and says what came' => function ($module) use ($press) {
        $answers = [
            [['status' => 202], 'took the test'],
            [['status' => 401], 'webhook_secrets'],
            [['status' => 404], 'waybill.toml'],
            [['status' => 500], 'answered 500'],
            [['status' => 0, 'trouble' => 'not reachable'], 'not reachable'],
        ];
        foreach ($answers as list($answer, $told)) {
            $module = shop();
            $module->fakeHttp->answers = [$answer];
            $page = $press($module, ['submitWaybillTest' => '1']);
            holds($page, $told);
            holds($page, $answer['status'] === 202 ? 'class="ok"' : 'class="wrong"');
            same('connection.test', json_decode($module->fakeHttp->requests[0]['body'])->type);
            holds($module->fakeHttp->requests[0]['body'], '"data":{}');
        }
    },
    'a message is escaped' => function ($module) use ($press) {
        $module->fakeHttp->answers = [['status' => 0, 'trouble' => '<b>']];
        lacks($press($module, ['submitWaybillTest' => '1']), '<b>');
    },
    'without settings the test says what to save first' => function ($module) use ($press) {
        Configuration::deleteByName(WaybillSettings::GATEWAY);
        holds($press($module, ['submitWaybillTest' => '1']), 'Save the address');
        same([], $module->rows());
    },
    'a new secret signs beside the old ones until those are dropped; four at most' => function ($module) use ($press) {
        for ($times = 0; $times < 5; ++$times) {
            $press($module, ['submitWaybillRotate' => '1']);
        }
        $secrets = (new WaybillSettings())->secrets();
        same([4, 4], [count($secrets), count(array_unique($secrets))]);
        $module->hookActionValidateOrder(['order' => new Order(1042)]);
        $module->endRequest();
        same(4, count(explode(' ', $module->fakeHttp->requests[0]['headers']['webhook-signature'])));
        $press($module, ['submitWaybillDropOld' => '1']);
        same([$secrets[0]], (new WaybillSettings())->secrets());
    },
    'the page shows secret, cron address and the last 50 deliveries with answer and next try' => function ($module) use ($press) {
        for ($id = 1; $id <= 60; ++$id) {
            Order::$all[$id] = 1;
            $module->hookActionValidateOrder(['order' => new Order($id)]);
        }
        $module->fakeHttp->answers = [['status' => 503], ['status' => 202]];
        $module->endRequest();
        $page = $press($module, []);
        holds($page, SECRET);
        holds($page, 'module/waybill/cron?token=' . WaybillSettings::cronToken());
        same(50, substr_count($page, 'order.created'));
        holds($page, '<td>202</td>');
        lacks($page, '>order 10<');
        holds($page, '>order 11<');
    },
    'a delivery that waits shows its answer and when it is tried next' => function ($module) use ($press) {
        $module->hookActionValidateOrder(['order' => new Order(1042)]);
        $module->fakeHttp->answers = [['status' => 503, 'retry_after' => '600']];
        $module->endRequest();
        $page = $press($module, []);
        holds($page, '<td>503</td>');
        holds($page, '<td>2026-05-28 20:36:40</td>');
        holds($page, 'Waiting');
    },
    'what was given up is told, and a button tries it from the start' => function ($module) use ($press) {
        $module->hookActionValidateOrder(['order' => new Order(1042)]);
        $module->fakeHttp->answers = [['status' => 400], ['status' => 202]];
        $module->endRequest();
        holds($press($module, []), 'Deliveries given up: 1.');
        lacks($press($module, ['submitWaybillAgain' => '1']), 'given up: 1');
        same(['waiting', 0, NOON], [$module->rows()[0]['state'], $module->rows()[0]['attempts'], $module->rows()[0]['next_try_at']]);
        $module->sender()->send((new WaybillOutbox())->due($module->now, 50), 50, 10);
        same('sent', $module->rows()[0]['state']);
    },
    'what is shown is escaped' => function ($module) use ($press) {
        $bad = '"><script>alert(1)</script>';
        Configuration::updateValue(WaybillSettings::GATEWAY, $bad);
        Configuration::updateValue(WaybillSettings::CONNECTION, $bad);
        Configuration::updateGlobalValue(WaybillSettings::SECRETS, $bad);
        Configuration::updateGlobalValue(WaybillSettings::CRON_TOKEN, $bad);
        (new WaybillOutbox())->add(WaybillHint::order('order.created', 1042, 1), NOON);
        (new WaybillOutbox())->settle(1, 'waiting', NOON, 0, $bad, NOON);
        $page = $press($module, []);
        lacks($page, '<script');
        same(5, substr_count($page, '&lt;script&gt;') + substr_count($page, urlencode('<script>')));
    },
];
