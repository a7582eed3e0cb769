<?php
/**
 * What the customer and the employee see of an order: fetched with a signed GET, kept a minute, escaped.
 */
$answer = [
    'erp_number' => '2001',
    'stage' => 'shipped',
    'shipments' => [[
        'number' => '501', 'on' => '2026-05-28', 'carrier' => 'Colissimo',
        'tracking' => [['number' => '6A1', 'url' => 'https://track.example/6A1?a=1&b=2'], ['number' => '6A2', 'url' => '']],
    ]],
    'documents' => [['kind' => 'invoice', 'number' => '801', 'url' => 'https://waybill.example.com/documents/abc']],
];
$answers = function ($module, $body, $status = 200) {
    $module->fakeHttp->answers = [['status' => $status, 'body' => is_string($body) ? $body : json_encode($body)]];
};
$customer = function ($module) {
    return $module->hookDisplayOrderDetail(['order' => new Order(1042)]);
};
$employee = function ($module) {
    return $module->hookDisplayAdminOrderMain(['id_order' => 1042]);
};

return [
    'the customer sees number, parcels and documents' => function ($module) use ($answer, $answers, $customer) {
        $answers($module, $answer);
        $page = $customer($module);
        foreach (['2001', 'Shipped', '501', '2026-05-28', 'Colissimo', 'href="https://track.example/6A1?a=1&amp;b=2"', '<span>6A2</span>',
            'href="https://waybill.example.com/documents/abc"', 'Invoice 801'] as $part) {
            holds($page, $part);
        }
    },
    'the employee sees the stage in Waybill\'s word too' => function ($module) use ($answer, $answers, $employee) {
        $answers($module, ['stage' => 'awaiting_approval', 'erp_number' => ''] + $answer);
        $page = $employee($module);
        foreach (['awaiting_approval', 'none yet', 'Invoice 801', 'Colissimo'] as $part) {
            holds($page, $part);
        }
    },
    'the customer is not told of holds and doubts, nor anything before there is a number' => function ($module) use ($answer, $answers, $customer) {
        foreach (['held', 'in_doubt', 'awaiting_approval'] as $stage) {
            $module = shop();
            $answers($module, ['stage' => $stage] + $answer);
            $page = $customer($module);
            lacks($page, $stage);
            holds($page, 'Being processed');
        }
        $module = shop();
        $answers($module, ['erp_number' => ''] + $answer);
        same('', $customer($module));
    },
    'the question is signed over its path, and waits two seconds' => function ($module) use ($answer, $answers, $customer) {
        $answers($module, $answer);
        $customer($module);
        list($request) = $module->fakeHttp->requests;
        same(['GET', 'https://waybill.example.com/orders/shop/1042', '', 2],
            [$request['method'], $request['url'], $request['body'], $request['seconds']]);
        $right = WaybillSignature::headers([SECRET], $request['headers']['webhook-id'], NOON, 'GET /orders/shop/1042');
        same($right['webhook-signature'], $request['headers']['webhook-signature']);
    },
    'an answer is kept for a minute' => function ($module) use ($answer, $answers, $customer) {
        $answers($module, $answer);
        $customer($module);
        $module->now += 60;
        holds($customer($module), '2001');
        same(1, count($module->fakeHttp->requests));
        ++$module->now;
        $customer($module);
        same(2, count($module->fakeHttp->requests));
    },
    'without the gateway the page goes on: with the last answer for an hour, then without' => function ($module) use ($answer, $answers, $customer) {
        $answers($module, $answer);
        $customer($module);
        $answers($module, '', 0);
        $module->now += 100;
        holds($customer($module), '2001');
        $customer($module);
        same(2, count($module->fakeHttp->requests), 'it is not asked again within the minute');
        $module->now += 3600;
        same('', $customer($module));
    },
    'an order that the gateway does not know shows nothing, and is asked for once a minute' => function ($module) use ($answers, $customer, $employee) {
        $answers($module, '{"title": "?"}', 404);
        same(['', ''], [$customer($module), $employee($module)]);
        same(1, count($module->fakeHttp->requests));
    },
    'an order that the gateway knows no more is shown no more' => function ($module) use ($answer, $answers, $customer) {
        $answers($module, $answer);
        $customer($module);
        $answers($module, '', 404);
        $module->now += 100;
        same('', $customer($module));
    },
    'answers of another form show nothing' => function ($module) use ($answers, $customer) {
        foreach (['', 'no', '[', '"text"', '7', 'null', '{"erp_number": ["2001"]}', str_repeat('[', 1000)] as $body) {
            $module = shop();
            $answers($module, $body);
            same('', $customer($module), $body);
        }
    },
    'parts of another form are left out' => function ($module) use ($answers, $customer) {
        $answers($module, '{"erp_number": "2001", "stage": 5, "shipments": [7, null, {"number": {}, "tracking": "x"}], "documents": {"a": 1}}');
        holds($customer($module), '2001');
    },
    'an order of no shop and an unknown one show nothing' => function ($module) {
        same('', $module->hookDisplayOrderDetail([]));
        same('', $module->hookDisplayOrderDetail(['order' => object(['id' => 1042])]));
        same('', $module->hookDisplayAdminOrderMain(['id_order' => 9999]));
        same('', $module->hookDisplayAdminOrderMain([]));
        same([], $module->fakeHttp->requests);
    },
    'what the gateway says is escaped, and only web addresses are links' => function ($module) use ($answers, $customer, $employee) {
        $bad = '"><script>alert(1)</script>';
        $urls = ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', "https://x.example/\" onclick=\"y", 'data:text/html,x', '//x.example', "https://x\n.example",
            'https://x.example/<b>'];
        $links = array_map(function ($url) use ($bad) {
            return ['kind' => $bad, 'number' => $bad, 'url' => $url];
        }, $urls);
        $answers($module, ['erp_number' => $bad, 'stage' => $bad, 'documents' => $links,
            'shipments' => [['number' => $bad, 'on' => $bad, 'carrier' => $bad, 'tracking' => $links]]]);
        foreach ([$customer($module), $employee($module)] as $page) {
            holds($page, '&lt;script&gt;');
            foreach (['<script', '<a ', 'onclick', 'javascript'] as $part) {
                lacks($page, $part);
            }
        }
    },
    'Spanish and French' => function ($module) use ($answer, $answers, $customer) {
        $answers($module, $answer);
        foreach (['es-ES' => ['Enviado', 'Factura 801'], 'fr-FR' => ['Expédiée', 'Facture 801']] as $locale => $parts) {
            Translator::$locale = $locale;
            foreach ($parts as $part) {
                holds($customer($module), $part);
            }
        }
    },
];
