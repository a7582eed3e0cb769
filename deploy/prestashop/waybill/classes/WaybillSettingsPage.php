<?php
/**
 * The settings page: what its buttons do, and what it shows.
 */
if (!defined('_PS_VERSION_')) {
    exit;
}

final class WaybillSettingsPage
{
    const DELIVERIES = 50;
    const TEST_TIMEOUT = 5;

    private $module;
    private $outbox;
    private $translator;
    private $words;
    private $clock;

    /** @param callable $clock returns Unix seconds */
    public function __construct(Waybill $module, WaybillOutbox $outbox, callable $clock)
    {
        $this->module = $module;
        $this->outbox = $outbox;
        $this->translator = $module->getTranslator();
        $this->words = new WaybillWords($this->translator);
        $this->clock = $clock;
    }

    /** Does what a button asks and returns the message to show, as HTML; empty when none was pressed. */
    public function act(): string
    {
        $settings = new WaybillSettings();
        if (Tools::isSubmit('submitWaybillSettings')) {
            return $this->save($settings);
        }
        if (Tools::isSubmit('submitWaybillTest')) {
            return $this->test($settings);
        }
        if (Tools::isSubmit('submitWaybillRotate')) {
            $settings->addSecret();

            return $this->done($this->translator->trans(
                'A new secret was made. Deliveries carry the signatures of all secrets until you drop the old ones.',
                [],
                'Modules.Waybill.Admin'
            ));
        }
        if (Tools::isSubmit('submitWaybillDropOld')) {
            $settings->dropOldSecrets();

            return $this->done($this->translator->trans(
                'Only the newest secret signs now.',
                [],
                'Modules.Waybill.Admin'
            ));
        }
        if (Tools::isSubmit('submitWaybillAgain')) {
            $this->outbox->revive((int) call_user_func($this->clock));

            return $this->done($this->translator->trans(
                'What was given up will be tried again.',
                [],
                'Modules.Waybill.Admin'
            ));
        }

        return '';
    }

    /** @return array<string, mixed> what the template shows */
    public function shown(string $action, string $cron): array
    {
        $settings = new WaybillSettings();
        $secrets = $settings->secrets();

        return [
            'waybill_action' => $action,
            'waybill_gateway' => $settings->gateway(),
            'waybill_connection' => $settings->connection(),
            'waybill_secret' => $secrets ? $secrets[0] : '',
            'waybill_old_secrets' => max(0, count($secrets) - 1),
            'waybill_complete' => $settings->isComplete(),
            'waybill_cron' => $cron,
            'waybill_forgets_all' => WaybillSettings::forgetsAll(),
            'waybill_waiting' => $this->outbox->count(WaybillOutbox::WAITING),
            'waybill_given_up' => $this->outbox->count(WaybillOutbox::GIVEN_UP),
            'waybill_deliveries' => array_map([$this, 'delivery'], $this->outbox->latest(self::DELIVERIES)),
        ];
    }

    private function save(WaybillSettings $settings): string
    {
        $gateway = rtrim(trim((string) Tools::getValue('waybill_gateway')), '/');
        $connection = trim((string) Tools::getValue('waybill_connection'));
        if (!WaybillSettings::isAddress($gateway)) {
            return $this->wrong($this->translator->trans(
                'The gateway has an address that starts with https:// (http:// only on this same machine), without user, question mark and #.',
                [],
                'Modules.Waybill.Admin'
            ));
        }
        if (!WaybillSettings::isConnection($connection)) {
            return $this->wrong($this->translator->trans(
                'The connection has a name as in waybill.toml: small letters, digits, - and _.',
                [],
                'Modules.Waybill.Admin'
            ));
        }
        $settings->save($gateway, $connection);
        WaybillSettings::saveForgetsAll((bool) Tools::getValue('waybill_forgets_all'));

        return $this->done($this->translator->trans(
            'The settings were saved.',
            [],
            'Modules.Waybill.Admin'
        ));
    }

    private function test(WaybillSettings $settings): string
    {
        if (!$settings->isComplete()) {
            return $this->wrong($this->translator->trans(
                'Save the address and the connection first.',
                [],
                'Modules.Waybill.Admin'
            ));
        }
        $hint = WaybillHint::test((int) Context::getContext()->shop->id);
        $this->outbox->add($hint, (int) call_user_func($this->clock));
        $rows = $this->outbox->open([$hint->key()]);
        $this->module->sender()->send($rows, self::TEST_TIMEOUT, self::TEST_TIMEOUT);
        $tried = $this->outbox->latest(1);
        $text = $this->words->answer((int) $tried[0]['answer'], $tried[0]['trouble']);

        return $tried[0]['state'] === WaybillOutbox::SENT ? $this->done($text) : $this->wrong($text);
    }

    private function delivery(array $row): array
    {
        $isWaiting = $row['state'] === WaybillOutbox::WAITING;

        return [
            'message' => $row['message'],
            'type' => $row['type'],
            'subject' => $row['subject'],
            'happened' => date('Y-m-d H:i:s', (int) $row['happened_at']),
            'is_given_up' => $row['state'] === WaybillOutbox::GIVEN_UP,
            'state' => $this->words->state($row['state']),
            'attempts' => (int) $row['attempts'],
            'answer' => (int) $row['answer'] ?: $row['trouble'],
            'next_try' => $isWaiting ? date('Y-m-d H:i:s', (int) $row['next_try_at']) : '',
        ];
    }

    private function done(string $text): string
    {
        return $this->module->displayConfirmation(Tools::safeOutput($text));
    }

    private function wrong(string $text): string
    {
        return $this->module->displayError(Tools::safeOutput($text));
    }
}
