<?php
/**
 * Signatures: the vector of the Standard Webhooks specification, rotation, and the bodies that the gateway's tests use.
 */
return [
    'the vector of the specification' => function () {
        $headers = WaybillSignature::headers([SECRET], 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}');
        same([
            'webhook-id' => 'msg_p5jXN8AQM9LWM0D4loKWxJek',
            'webhook-timestamp' => '1614265330',
            'webhook-signature' => 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
        ], $headers);
    },
    'while a secret is replaced, both sign, the newest first' => function () {
        $both = WaybillSignature::headers([SECRET, OLD_SECRET], 'msg_1', NOON, 'body')['webhook-signature'];
        $new = WaybillSignature::headers([SECRET], 'msg_1', NOON, 'body')['webhook-signature'];
        $old = WaybillSignature::headers([OLD_SECRET], 'msg_1', NOON, 'body')['webhook-signature'];
        same("$new $old", $both);
        same(false, $new === $old);
    },
    'a secret has 32 random bytes, a message id no dot' => function () {
        same(32, strlen(base64_decode(substr(WaybillSignature::newSecret(), 6), true)));
        same(1, preg_match('/^msg_[0-9a-f]{24}$/D', WaybillSignature::newMessage()));
        same(false, WaybillSignature::newSecret() === WaybillSignature::newSecret());
        same(false, WaybillSignature::newMessage() === WaybillSignature::newMessage());
    },
    'the recorded deliveries are what the module makes today' => function () {
        require_once __DIR__ . '/record.php';
        $recorded = json_decode(file_get_contents(__DIR__ . '/signed.json'), true);
        same($recorded, json_decode(json_encode(recorded()), true), 'php deploy/prestashop/tests/record.php > signed.json');
    },
];
