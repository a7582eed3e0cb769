<?php
/**
 * One request of the module's HTTP client: `php fetch.php URL SECONDS` prints its answer as JSON.
 */
require_once __DIR__ . '/bench.php';

$answer = (new WaybillHttp())->send('GET', $argv[1], ['x-asked' => 'yes'], '', (int) $argv[2]);
echo json_encode(['bytes' => strlen($answer['body'])] + $answer), "\n";
