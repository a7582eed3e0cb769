<?php
/**
 * The address that cron calls: delivers what is due. Only with the token of the settings page.
 */
if (!defined('_PS_VERSION_')) {
    exit;
}

/** @property Waybill $module */
class WaybillCronModuleFrontController extends ModuleFrontController
{
    const MOST_ROWS = 200;
    const SECONDS = 50;
    const SECONDS_EACH = 10;

    public function initContent(): void
    {
        $this->ajax = true;
        parent::initContent();
    }

    public function displayAjax(): void
    {
        header('Content-Type: application/json');
        header('Cache-Control: no-store');
        $token = Tools::getValue('token');
        $right = WaybillSettings::cronToken();
        if ($right === '' || !is_string($token) || !hash_equals($right, $token)) {
            http_response_code(403);
            $this->ajaxRender((string) json_encode(['refused' => 'token']));

            return;
        }
        $outbox = new WaybillOutbox();
        $done = $this->module->sender()->send(
            $outbox->due(time(), self::MOST_ROWS),
            self::SECONDS,
            self::SECONDS_EACH
        );
        $outbox->prune(time());
        $this->ajaxRender((string) json_encode($done + [
            'waiting' => $outbox->count(WaybillOutbox::WAITING),
            'given_up' => $outbox->count(WaybillOutbox::GIVEN_UP),
        ]));
    }

    /** Orders made before a maintenance are delivered during it. */
    protected function displayMaintenancePage(): void
    {
    }

    /** Cron may run anywhere. */
    protected function displayRestrictedCountryPage(): void
    {
    }
}
