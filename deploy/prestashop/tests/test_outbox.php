<?php
/**
 * The outbox and its delivery: who sends what and when, and that nothing is lost.
 */
$created = function ($module, $id = 1042) {
    $module->hookActionValidateOrder(['order' => new Order($id)]);
};
$cron = function ($module, array $sent = []) {
    Tools::$sent = $sent ?: ['token' => WaybillSettings::cronToken()];
    $controller = new WaybillCronModuleFrontController();
    $controller->module = $module;
    $controller->initContent();
    $controller->displayAjax();

    return json_decode($controller->printed, true);
};
$due = function ($module) {
    return (new WaybillOutbox())->due($module->now, 50);
};

return [
    'a delivery is signed, and its body is the row unchanged' => function ($module) use ($created) {
        $created($module);
        $module->endRequest();
        list($request) = $module->fakeHttp->requests;
        list($row) = $module->rows();
        same(['POST', 'https://waybill.example.com/webhooks/shop'], [$request['method'], $request['url']]);
        same($row['body'], $request['body']);
        same([$row['message'], (string) NOON], [$request['headers']['webhook-id'], $request['headers']['webhook-timestamp']]);
        $right = WaybillSignature::headers([SECRET], $row['message'], NOON, $row['body']);
        same($right['webhook-signature'], $request['headers']['webhook-signature']);
        same([202, 1], [$row['answer'], $row['attempts']]);
    },
    'a change while a delivery is under way has a row of its own' => function ($module) use ($created) {
        $created($module);
        $module->fakeHttp->meanwhile = function () use ($module) {
            $module->fakeHttp->meanwhile = null;
            $module->hookActionOrderStatusPostUpdate(['id_order' => 1042, 'newOrderStatus' => object(['id' => 6])]);
        };
        $module->endRequest();
        same(['sent', 'waiting'], array_column($module->rows(), 'state'));
        $module->endRequest();
        same(['sent', 'waiting'], array_column($module->rows(), 'state'), 'its own request sends it, or cron');
    },
    'cron leaves a fresh row to the request that wrote it, and takes it later' => function ($module) use ($created, $due) {
        $created($module);
        same(0, count($due($module)));
        $module->now += WaybillOutbox::OWN_SECONDS;
        same(1, count($due($module)));
    },
    'one row is taken by one sender only' => function ($module) use ($created) {
        $created($module);
        $outbox = new WaybillOutbox();
        same([true, false], [$outbox->claim(1, NOON), $outbox->claim(1, NOON)]);
    },
    'a row whose sender died is taken again after its lease' => function ($module) use ($created, $due) {
        $created($module);
        (new WaybillOutbox())->claim(1, NOON);
        $module->now += WaybillOutbox::LEASE_SECONDS - 1;
        same(0, count($due($module)));
        ++$module->now;
        same(1, count($due($module)));
    },
    'tries keep their id and have a time and signature of their own' => function ($module) use ($created, $due) {
        $created($module);
        $module->fakeHttp->answers = [['status' => 500]];
        $module->endRequest();
        $module->now += 100;
        $module->sender()->send($due($module), 50, 10);
        list($first, $second) = array_column($module->fakeHttp->requests, 'headers');
        same($first['webhook-id'], $second['webhook-id']);
        same([(string) NOON, (string) (NOON + 100)], [$first['webhook-timestamp'], $second['webhook-timestamp']]);
        same(false, $first['webhook-signature'] === $second['webhook-signature']);
    },
    'the wait doubles up to hours and is spread' => function () {
        $waits = array_map(function ($attempt) {
            return WaybillSender::delay($attempt, 'msg_1');
        }, range(1, 30));
        foreach ($waits as $number => $wait) {
            $doubled = min(15 * pow(2, $number), 21600);
            same(true, $wait >= $doubled && $wait <= 1.1 * $doubled, "attempt $number: $wait");
        }
        same(true, array_sum($waits) > 4 * 86400);
        same(true, count(array_unique(array_map(function ($number) {
            return WaybillSender::delay(8, "msg_$number");
        }, range(1, 20)))) > 5);
    },
    'what is never taken is given up in the end, logged, and kept' => function ($module) use ($created, $due) {
        $created($module);
        $module->fakeHttp->answers = [['status' => 503]];
        $module->endRequest();
        for ($tries = 1; $module->rows()[0]['state'] === 'waiting' && $tries < 100; ++$tries) {
            $module->now += 86400;
            $module->sender()->send($due($module), 50, 10);
        }
        same([WaybillSender::MOST_ATTEMPTS, 'given_up'], [$tries, $module->rows()[0]['state']]);
        same(1, count(PrestaShopLogger::$lines));
        (new WaybillOutbox())->prune($module->now + 10 * WaybillOutbox::KEPT_SECONDS);
        same(1, count($module->rows()));
    },
    'a body that is refused for good is given up at once' => function ($module) use ($created) {
        $created($module);
        $module->fakeHttp->answers = [['status' => 400]];
        $module->endRequest();
        same(['given_up', 400], [$module->rows()[0]['state'], $module->rows()[0]['answer']]);
    },
    'a wrong secret or name is no reason to give up: it gets mended' => function ($module) use ($created) {
        foreach ([401, 404, 429, 500, 302] as $status) {
            $module = shop();
            $created($module);
            $module->fakeHttp->answers = [['status' => $status]];
            $module->endRequest();
            same('waiting', $module->rows()[0]['state'], $status);
        }
    },
    'the gateway may ask to wait longer, up to a day' => function ($module) use ($created) {
        foreach (['600' => 600, gmdate('D, d M Y H:i:s \G\M\T', NOON + 900) => 900, '99999999' => 86400] as $asked => $wait) {
            $module = shop();
            $created($module);
            $module->fakeHttp->answers = [['status' => 503, 'retry_after' => (string) $asked]];
            $module->endRequest();
            same(NOON + $wait, $module->rows()[0]['next_try_at']);
        }
        $module = shop();
        $created($module);
        $module->fakeHttp->answers = [['status' => 503, 'retry_after' => 'soon']];
        $module->endRequest();
        same(true, $module->rows()[0]['next_try_at'] < NOON + 20);
    },
    'while the gateway is not there, one request waits for it and the others leave it to cron' => function ($module) use ($created, $due) {
        $created($module);
        $created($module, 1043);
        $module->fakeHttp->answers = [['status' => 0, 'trouble' => 'time-out']];
        $module->endRequest();
        same([1, 'time-out'], [count($module->fakeHttp->requests), $module->rows()[0]['trouble']]);
        $module->hookActionOrderEdited(['order' => new Order(1042)]);
        $module->endRequest();
        same(1, count($module->fakeHttp->requests));
        $module->now += 61;
        $module->fakeHttp->answers = [];
        same(['sent' => 3, 'failed' => 0], $module->sender()->send($due($module), 50, 10));
    },
    'where PHP cannot go on after the answer, the buyer waits two seconds at most' => function ($module) use ($created) {
        $module->canFinish = false;
        $created($module);
        $module->endRequest();
        same(2, $module->fakeHttp->requests[0]['seconds']);
    },
    'a sender stops when its time is up' => function ($module) use ($created) {
        $created($module);
        $created($module, 1043);
        $module->fakeHttp->meanwhile = function () use ($module) {
            $module->now += 30;
        };
        $module->endRequest();
        same(['sent', 'waiting'], array_column($module->rows(), 'state'));
    },
    'the last try has only the time that is left' => function ($module) use ($created) {
        $created($module);
        $created($module, 1043);
        $module->fakeHttp->meanwhile = function () use ($module) {
            $module->now += 9;
        };
        $module->sender()->send((new WaybillOutbox())->open(['1 order 1042', '2 order 1043']), 12, 10);
        same([10, 3], array_column($module->fakeHttp->requests, 'seconds'));
    },
    'each shop has its own gateway, name and secret' => function ($module) use ($created) {
        Context::getContext()->shop->id = 2;
        Shop::$isOneChosen = true;
        (new WaybillSettings())->save('https://other.example.com', 'second');
        $created($module);
        $created($module, 1043);
        $module->endRequest();
        same(
            ['https://waybill.example.com/webhooks/shop', 'https://other.example.com/webhooks/second'],
            array_column($module->fakeHttp->requests, 'url')
        );
    },
    'cron without the token does nothing' => function ($module) use ($created, $cron) {
        $created($module);
        $module->now = time();
        foreach (['', 'x', WaybillSettings::cronToken() . 'x', ['a']] as $token) {
            same(['refused' => 'token'], $cron($module, ['token' => $token]));
        }
        Configuration::deleteByName(WaybillSettings::CRON_TOKEN);
        same(['refused' => 'token'], $cron($module, ['token' => '']));
        same([], $module->fakeHttp->requests);
    },
    'cron delivers what is due, tells what is left, and clears what is old' => function ($module) use ($created, $cron) {
        $module->now = time() - WaybillOutbox::KEPT_SECONDS - 60;
        $created($module);
        $module->endRequest();
        $module->now = time() - 60;
        $created($module, 1043);
        $answer = $cron($module);
        same(['sent' => 1, 'failed' => 0, 'waiting' => 0, 'given_up' => 0], $answer);
        same(['order 1043'], array_column($module->rows(), 'subject'));
    },
];
