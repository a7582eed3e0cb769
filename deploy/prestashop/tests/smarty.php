<?php
/**
 * Smarty, as far as the module's templates go. An output that is not escaped is refused.
 */
class SmallSmarty
{
    private $values = [];

    public function assign(array $values)
    {
        $this->values = $values + $this->values;
    }

    public function fetch($template)
    {
        $php = $this->compiled(file_get_contents($template));
        $v = $this->values;
        ob_start();
        eval('?>' . $php);

        return ob_get_clean();
    }

    private function compiled($text)
    {
        $text = preg_replace('/\{\*.*?\*\}/s', '', $text);

        return preg_replace_callback('/\{([^{}\s][^{}]*)\}/', function (array $found) {
            return '<?php ' . $this->tag($found[1]) . ' ?>';
        }, $text);
    }

    private function tag($tag)
    {
        if (preg_match('/^\$([\w.]+)\|escape:\'html\':\'UTF-8\' nofilter$/', $tag, $found)) {
            return 'echo htmlspecialchars((string) ' . $this->variable($found[1]) . ", ENT_QUOTES, 'UTF-8');";
        }
        if (preg_match('/^l s=(\'[^\']*\') d=(\'[\w.]+\')$/', $tag, $found)) {
            return "echo (new Translator())->trans($found[1], [], $found[2]);";
        }
        if (preg_match('/^if (!?)\$([\w.]+)$/', $tag, $found)) {
            return 'if (' . $found[1] . $this->variable($found[2]) . ') {';
        }
        if (preg_match('/^foreach from=\$([\w.]+) item=(\w+)$/', $tag, $found)) {
            return 'foreach (' . $this->variable($found[1]) . " as \$v['$found[2]']) {";
        }
        $others = ['else' => '} else {', '/if' => '}', '/foreach' => '}'];
        if (!isset($others[$tag])) {
            throw new LogicException('a template has what is not understood or not escaped: {' . $tag . '}');
        }

        return $others[$tag];
    }

    private function variable($path)
    {
        return "\$v['" . implode("']['", explode('.', $path)) . "']";
    }
}
