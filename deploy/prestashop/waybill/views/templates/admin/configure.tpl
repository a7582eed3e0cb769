{* The settings page. *}
{if $waybill_given_up}
  <div class="alert alert-danger">
    <form method="post" action="{$waybill_action|escape:'html':'UTF-8' nofilter}">
      {l s='Deliveries given up:' d='Modules.Waybill.Admin'} {$waybill_given_up|escape:'html':'UTF-8' nofilter}.
      <button type="submit" name="submitWaybillAgain" class="btn btn-default">{l s='Try them again' d='Modules.Waybill.Admin'}</button>
    </form>
  </div>
{/if}
{if !$waybill_complete}
  <div class="alert alert-warning">{l s='Nothing is delivered until the address and the connection are saved.' d='Modules.Waybill.Admin'}</div>
{/if}
<form method="post" action="{$waybill_action|escape:'html':'UTF-8' nofilter}" class="panel">
  <h3>{l s='Gateway' d='Modules.Waybill.Admin'}</h3>
  <div class="form-group">
    <label for="waybill-gateway">{l s='Address of the gateway' d='Modules.Waybill.Admin'}</label>
    <input id="waybill-gateway" class="form-control" type="text" name="waybill_gateway" maxlength="255" placeholder="https://waybill.example.com" value="{$waybill_gateway|escape:'html':'UTF-8' nofilter}">
  </div>
  <div class="form-group">
    <label for="waybill-connection">{l s='Name of this shop in waybill.toml' d='Modules.Waybill.Admin'}</label>
    <input id="waybill-connection" class="form-control" type="text" name="waybill_connection" maxlength="40" placeholder="shop" value="{$waybill_connection|escape:'html':'UTF-8' nofilter}">
  </div>
  <div class="form-group">
    <label>
      <input type="checkbox" name="waybill_forgets_all" value="1"{if $waybill_forgets_all} checked{/if}>
      {l s='On uninstalling, delete the outbox and these settings' d='Modules.Waybill.Admin'}
    </label>
  </div>
  <button type="submit" name="submitWaybillSettings" class="btn btn-primary">{l s='Save' d='Modules.Waybill.Admin'}</button>
  <button type="submit" name="submitWaybillTest" class="btn btn-default">{l s='Send a test' d='Modules.Waybill.Admin'}</button>
</form>
<form method="post" action="{$waybill_action|escape:'html':'UTF-8' nofilter}" class="panel">
  <h3>{l s='Secret' d='Modules.Waybill.Admin'}</h3>
  <p>{l s='Put it where webhook_secrets of this connection points to in waybill.toml.' d='Modules.Waybill.Admin'}</p>
  <div class="input-group">
    <input id="waybill-secret" class="form-control" type="text" readonly autocomplete="off" value="{$waybill_secret|escape:'html':'UTF-8' nofilter}">
    <button type="button" class="btn btn-default" onclick="document.getElementById('waybill-secret').select(); document.execCommand('copy');">{l s='Copy' d='Modules.Waybill.Admin'}</button>
  </div>
  <p>
    <button type="submit" name="submitWaybillRotate" class="btn btn-default">{l s='Make a new secret' d='Modules.Waybill.Admin'}</button>
    {if $waybill_old_secrets}
      {l s='Old secrets that still sign:' d='Modules.Waybill.Admin'} {$waybill_old_secrets|escape:'html':'UTF-8' nofilter}
      <button type="submit" name="submitWaybillDropOld" class="btn btn-default">{l s='Drop the old ones' d='Modules.Waybill.Admin'}</button>
    {/if}
  </p>
</form>
<div class="panel">
  <h3>{l s='Cron' d='Modules.Waybill.Admin'}</h3>
  <p>{l s='Let cron call this address every minute. It is secret.' d='Modules.Waybill.Admin'}</p>
  <pre>{$waybill_cron|escape:'html':'UTF-8' nofilter}</pre>
</div>
<div class="panel">
  <h3>{l s='Last deliveries' d='Modules.Waybill.Admin'}</h3>
  <p>{l s='Deliveries waiting:' d='Modules.Waybill.Admin'} {$waybill_waiting|escape:'html':'UTF-8' nofilter}</p>
  <table class="table">
    <thead>
      <tr>
        <th>{l s='Happened' d='Modules.Waybill.Admin'}</th>
        <th>{l s='Event' d='Modules.Waybill.Admin'}</th>
        <th>{l s='About' d='Modules.Waybill.Admin'}</th>
        <th>{l s='State' d='Modules.Waybill.Admin'}</th>
        <th>{l s='Attempts' d='Modules.Waybill.Admin'}</th>
        <th>{l s='Answer' d='Modules.Waybill.Admin'}</th>
        <th>{l s='Next try' d='Modules.Waybill.Admin'}</th>
        <th>{l s='Id' d='Modules.Waybill.Admin'}</th>
      </tr>
    </thead>
    <tbody>
      {foreach from=$waybill_deliveries item=delivery}
        <tr{if $delivery.is_given_up} class="danger"{/if}>
          <td>{$delivery.happened|escape:'html':'UTF-8' nofilter}</td>
          <td>{$delivery.type|escape:'html':'UTF-8' nofilter}</td>
          <td>{$delivery.subject|escape:'html':'UTF-8' nofilter}</td>
          <td>{$delivery.state|escape:'html':'UTF-8' nofilter}</td>
          <td>{$delivery.attempts|escape:'html':'UTF-8' nofilter}</td>
          <td>{$delivery.answer|escape:'html':'UTF-8' nofilter}</td>
          <td>{$delivery.next_try|escape:'html':'UTF-8' nofilter}</td>
          <td><code>{$delivery.message|escape:'html':'UTF-8' nofilter}</code></td>
        </tr>
      {/foreach}
    </tbody>
  </table>
</div>
