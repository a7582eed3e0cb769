<?php
/**
 * Waybill's own words in the reader's language.
 */
if (!defined('_PS_VERSION_')) {
    exit;
}

final class WaybillWords
{
    private $translator;

    /** @param object $translator the module's, with trans() */
    public function __construct($translator)
    {
        $this->translator = $translator;
    }

    /** What the customer reads: neither holds nor doubts are theirs to know. */
    public function stageForCustomer(string $stage): string
    {
        switch ($stage) {
            case 'posted':
                return $this->translator->trans('Confirmed', [], 'Modules.Waybill.Shop');
            case 'picking':
                return $this->translator->trans('Being prepared', [], 'Modules.Waybill.Shop');
            case 'shipped':
                return $this->translator->trans('Shipped', [], 'Modules.Waybill.Shop');
            case 'delivered':
            case 'completed':
                return $this->translator->trans('Delivered', [], 'Modules.Waybill.Shop');
            case 'cancelled':
            case 'rejected':
                return $this->translator->trans('Cancelled', [], 'Modules.Waybill.Shop');
            default:
                return $this->translator->trans('Being processed', [], 'Modules.Waybill.Shop');
        }
    }

    public function document(string $kind): string
    {
        switch ($kind) {
            case 'delivery':
                return $this->translator->trans('Delivery note', [], 'Modules.Waybill.Shop');
            case 'invoice':
                return $this->translator->trans('Invoice', [], 'Modules.Waybill.Shop');
            case 'credit_note':
                return $this->translator->trans('Credit note', [], 'Modules.Waybill.Shop');
            case 'return':
                return $this->translator->trans('Return', [], 'Modules.Waybill.Shop');
            default:
                return $this->translator->trans('Document', [], 'Modules.Waybill.Shop');
        }
    }

    public function state(string $state): string
    {
        switch ($state) {
            case WaybillOutbox::SENT:
                return $this->translator->trans('Delivered', [], 'Modules.Waybill.Admin');
            case WaybillOutbox::GIVEN_UP:
                return $this->translator->trans('Given up', [], 'Modules.Waybill.Admin');
            default:
                return $this->translator->trans('Waiting', [], 'Modules.Waybill.Admin');
        }
    }

    /** What the answer to a test means and, where it is wrong, the fix. */
    public function answer(int $status, string $trouble): string
    {
        if ($status >= 200 && $status < 300) {
            return $this->translator->trans('The gateway took the test.', [], 'Modules.Waybill.Admin');
        }
        switch ($status) {
            case 0:
                return $this->translator->trans(
                    'The gateway cannot be reached (%trouble%). Look at its address, and whether it runs.',
                    ['%trouble%' => $trouble],
                    'Modules.Waybill.Admin'
                );
            case 401:
                return $this->translator->trans(
                    'The gateway refused the signature. Put the secret below into its settings (webhook_secrets), and see that both clocks are right.',
                    [],
                    'Modules.Waybill.Admin'
                );
            case 404:
                return $this->translator->trans(
                    'The gateway has no connection of this name. Write the name as in waybill.toml.',
                    [],
                    'Modules.Waybill.Admin'
                );
            default:
                return $this->translator->trans(
                    'The gateway answered %status%.',
                    ['%status%' => $status],
                    'Modules.Waybill.Admin'
                );
        }
    }
}
