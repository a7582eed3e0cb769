{* What the employee sees on the order's page: also the stage in Waybill's own word. *}
<div id="waybill-order" class="card mt-2">
  <div class="card-header">
    <h3 class="card-header-title">Waybill</h3>
  </div>
  <div class="card-body">
    <p>
      {l s='Number in the ERP' d='Modules.Waybill.Admin'}: <strong>{if $waybill_status.erp_number}{$waybill_status.erp_number|escape:'html':'UTF-8' nofilter}{else}{l s='none yet' d='Modules.Waybill.Admin'}{/if}</strong>
      – {$waybill_stage|escape:'html':'UTF-8' nofilter} <code>{$waybill_status.stage|escape:'html':'UTF-8' nofilter}</code>
    </p>
    {if $waybill_status.shipments}
      <table class="table">
        <thead>
          <tr>
            <th>{l s='Shipment' d='Modules.Waybill.Shop'}</th>
            <th>{l s='Date' d='Modules.Waybill.Admin'}</th>
            <th>{l s='Carrier' d='Modules.Waybill.Admin'}</th>
            <th>{l s='Tracking' d='Modules.Waybill.Admin'}</th>
          </tr>
        </thead>
        <tbody>
          {foreach from=$waybill_status.shipments item=shipment}
            <tr>
              <td>{$shipment.number|escape:'html':'UTF-8' nofilter}</td>
              <td>{$shipment.on|escape:'html':'UTF-8' nofilter}</td>
              <td>{$shipment.carrier|escape:'html':'UTF-8' nofilter}</td>
              <td>
                {foreach from=$shipment.tracking item=parcel}
                  {if $parcel.url}
                    <a href="{$parcel.url|escape:'html':'UTF-8' nofilter}" target="_blank" rel="noopener noreferrer">{$parcel.number|escape:'html':'UTF-8' nofilter}</a>
                  {else}
                    <span>{$parcel.number|escape:'html':'UTF-8' nofilter}</span>
                  {/if}
                {/foreach}
              </td>
            </tr>
          {/foreach}
        </tbody>
      </table>
    {/if}
    {if $waybill_documents}
      <ul>
        {foreach from=$waybill_documents item=document}
          <li>
            {if $document.url}
              <a href="{$document.url|escape:'html':'UTF-8' nofilter}" target="_blank" rel="noopener noreferrer">{$document.name|escape:'html':'UTF-8' nofilter} {$document.number|escape:'html':'UTF-8' nofilter}</a>
            {else}
              {$document.name|escape:'html':'UTF-8' nofilter} {$document.number|escape:'html':'UTF-8' nofilter}
            {/if}
          </li>
        {/foreach}
      </ul>
    {/if}
  </div>
</div>
