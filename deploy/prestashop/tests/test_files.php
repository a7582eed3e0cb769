<?php
/**
 * The module as a set of files: PrestaShop's conventions, all wordings translated, nothing newer than PHP 7.2.
 */
$root = realpath(__DIR__ . '/../waybill');
$files = function ($ending) use ($root) {
    $found = [];
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($root, FilesystemIterator::SKIP_DOTS)) as $file) {
        if (substr($file->getPathname(), -strlen($ending)) === $ending) {
            $found[] = $file->getPathname();
        }
    }
    sort($found);

    return $found;
};

return [
    'every folder has its guard' => function () use ($root) {
        $folders = [$root];
        foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($root, FilesystemIterator::SKIP_DOTS), 1) as $file) {
            if ($file->isDir()) {
                $folders[] = $file->getPathname();
            }
        }
        same(true, count($folders) > 8);
        foreach ($folders as $folder) {
            same(true, is_file($folder . '/index.php'), $folder);
        }
    },
    'no file runs outside PrestaShop' => function () use ($files) {
        foreach ($files('.php') as $file) {
            if (basename($file) !== 'index.php') {
                holds(file_get_contents($file), "if (!defined('_PS_VERSION_')) {\n    exit;");
            }
        }
    },
    'config.xml, the class and the logo agree' => function () use ($root) {
        $config = file_get_contents($root . '/config.xml');
        $module = new TestedWaybill();
        holds($config, "<name>$module->name</name>");
        holds($config, "<tab><![CDATA[$module->tab]]></tab>");
        holds($config, "<version><![CDATA[$module->version]]></version>");
        holds($config, "<description><![CDATA[$module->description]]></description>");
        holds($config, "<confirmUninstall><![CDATA[$module->confirmUninstall]]></confirmUninstall>");
        same("\x89PNG", substr(file_get_contents($root . '/logo.png'), 0, 4));
    },
    'every wording has a Spanish and a French one, and none is left over' => function () use ($files) {
        $used = ['Shop' => [], 'Admin' => []];
        foreach (array_merge($files('.php'), $files('.tpl')) as $file) {
            $text = file_get_contents($file);
            preg_match_all("/(?:->trans\\(\\s*|\\{l s=)'([^']+)'(?:,\\s*\\[[^]]*\\],\\s*| d=)'Modules\\.Waybill\\.(\\w+)'/", $text, $found, PREG_SET_ORDER);
            same(preg_match_all('/->trans\(|\{l s=/', $text), count($found), "$file: wordings are literal");
            foreach ($found as $one) {
                $used[$one[2]][$one[1]] = true;
            }
        }
        foreach ($used as $domain => $wordings) {
            foreach (['es-ES', 'fr-FR'] as $locale) {
                $words = Translator::dictionary('ModulesWaybill' . $domain, $locale);
                same([], array_diff_key($wordings, $words), "$domain $locale: missing");
                same([], array_diff_key($words, $wordings), "$domain $locale: left over");
                foreach ($words as $wording => $text) {
                    preg_match_all('/%\w+%/', $wording, $wanted);
                    preg_match_all('/%\w+%/', $text, $given);
                    same($wanted, $given, $wording);
                    same(true, $text !== '', $wording);
                }
            }
        }
    },
    'nothing is newer than PHP 7.2' => function () use ($files) {
        $newer = ['T_FN', 'T_COALESCE_EQUAL', 'T_MATCH', 'T_NULLSAFE_OBJECT_OPERATOR', 'T_ATTRIBUTE', 'T_ENUM', 'T_READONLY'];
        $functions = '/(?<![\w>:$])(str_contains|str_starts_with|str_ends_with|array_key_first|array_key_last|is_countable|hrtime|array_is_list'
            . '|get_debug_type|mb_str_split|array_find)\s*\(|JSON_THROW_ON_ERROR/';
        foreach ($files('.php') as $file) {
            $code = file_get_contents($file);
            same(0, preg_match($functions, $code), $file);
            $names = [];
            foreach (token_get_all($code) as $token) {
                $names[] = is_array($token) ? token_name($token[0]) : $token;
            }
            same([], array_values(array_intersect($newer, $names)), $file);
            // Typed properties (7.4), commas after a call's last argument (7.3), several types (8.0), their own scalars (8.0).
            $bare = php_strip_whitespace($file);
            same(0, preg_match('/\b(private|protected|public)( static)? \??[\w\\\\]+ \$/', $bare), "$file: typed property");
            same(0, preg_match('/,\s*\)/', $bare), "$file: comma before a bracket");
            same(0, preg_match('/\): \??(\w+\||(mixed|static|never|false|null)\b)|[(,] ?\w+\|\w+ \$/', $bare), "$file: newer types");
        }
    },
];
