<?php
/**
 * Runs the module's tests: `php deploy/prestashop/tests/run.php [PART OF A NAME]`. Needs nothing but php-cli.
 */
error_reporting(E_ALL);
set_error_handler(function ($_, $message, $file, $line) {
    throw new ErrorException($message, 0, E_ERROR, $file, $line);
});
date_default_timezone_set('UTC');

require_once __DIR__ . '/bench.php';

$wanted = isset($argv[1]) ? $argv[1] : '';
$passed = $failed = 0;
$report = '';
foreach (glob(__DIR__ . '/test_*.php') as $file) {
    foreach (require $file as $name => $test) {
        if ($wanted !== '' && strpos($name, $wanted) === false) {
            continue;
        }
        try {
            $test(shop());
            ++$passed;
        } catch (Throwable $trouble) {
            ++$failed;
            $report .= 'FAILED ' . basename($file) . ': ' . $name . "\n    " . $trouble->getMessage() . "\n";
        }
    }
}
// Printed last: the cron controller sends headers, which must come before any output.
echo $report, "$passed passed, $failed failed\n";
exit($failed || !$passed ? 1 : 0);
