"""The script that each shell runs: a function that asks gkcheck, and where its answer goes.

The shells' own filtering by prefix is passed by, since jy must offer 市教育局: bash takes COMPREPLY as it
is, zsh is told so (compadd -U), PowerShell does not filter. fish shows no candidate that lacks the word typed:
its TAB is bound to a function that replaces the word, or lists the candidates, before fish looks.
"""

from __future__ import annotations

BASH = r"""# gkcheck completion for bash
_gkcheck_completion() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            compopt -o default 2>/dev/null
            COMPREPLY=()
            return
        fi
        COMPREPLY+=("$line")
    done < <(_GKCHECK_COMPLETE=bash COMP_TYPE=$COMP_TYPE "${1/#\~/$HOME}" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o nosort -F _gkcheck_completion gkcheck 2>/dev/null || complete -F _gkcheck_completion gkcheck
"""

ZSH = r"""#compdef gkcheck
# gkcheck completion for zsh
_gkcheck() {
    local line first typed=$PREFIX
    local -a values helps
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            _files
            return
        fi
        values+=("${line%%$'\t'*}")
        [[ $line == *$'\t'?* ]] && helps+=("${line/$'\t'/  }") || helps+=("${line%%$'\t'*}")
    done < <(_GKCHECK_COMPLETE=zsh "${(Q)words[1]/#\~/$HOME}" "${(@Q)words[2,CURRENT-1]}" "${(Q)words[CURRENT]}" 2>/dev/null)
    (( $#values )) || return 1
    for first in $values; do
        if (( $#values > 1 )) && [[ $first != ${(Q)typed}* ]]; then
            compstate[insert]=''
            compstate[list]='list force'
            break
        fi
    done
    compadd -U -o nosort -V gkcheck -l -d helps -- $values 2>/dev/null || compadd -U -V gkcheck -l -d helps -- $values
}
if [[ $funcstack[1] == _gkcheck ]]; then
    _gkcheck "$@"
else
    compdef _gkcheck gkcheck
fi
"""

FISH = r"""# gkcheck completion for fish
function __gkcheck_candidates
    set -l words (commandline -opc) (commandline -ct)
    env _GKCHECK_COMPLETE=fish $words[1] $words[2..-1] 2>/dev/null
end

function __gkcheck_complete
    set -l lines (__gkcheck_candidates)
    if test "$lines[1]" = ":files"
        __fish_complete_path (commandline -ct)
    else
        string join \n -- $lines
    end
end

function __gkcheck_tab
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    if not commandline --paging-mode; and test -n "$typed"; and string match -qr '(^|/)gkcheck$' -- "$words[1]"
        set -l lines (__gkcheck_candidates)
        set -l values (string split -f1 \t -- $lines)
        if not contains -- "$values" "" :files; and not string match -qr -- '^'(string escape --style=regex -- $typed) $values
            if test (count $values) -eq 1
                commandline -rt -- (string escape -- $values)" "
            else
                printf '\n'
                string replace \t '  ' -- $lines
                commandline -f repaint
            end
            return
        end
    end
    commandline -f complete
end

complete -c gkcheck -f -k -a '(__gkcheck_complete)'
bind \t __gkcheck_tab
bind -M insert \t __gkcheck_tab
"""

POWERSHELL = r"""# gkcheck completion for PowerShell
Register-ArgumentCompleter -Native -CommandName gkcheck -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -le $cursorPosition } | ForEach-Object { "$_".Trim('"', "'") })
    if ($wordToComplete -eq '') { $words += '""' }
    $encoding = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = [Text.Encoding]::UTF8
        $Env:_GKCHECK_COMPLETE = 'powershell'
        $lines = @(& $commandAst.CommandElements[0].Value @words)
    } finally {
        $Env:_GKCHECK_COMPLETE = $null
        [Console]::OutputEncoding = $encoding
    }
    if ($lines.Count -and $lines[0] -eq ':files') { return }
    foreach ($line in $lines) {
        $value, $help = $line -split "`t", 2
        if ($help) { $tip = $help } else { $tip = $value }
        if ($value -match '^[\w./:=+-]+$') { $text = $value } else {
            $text = "'" + [Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($value) + "'"
        }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $tip)
    }
}
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH, "powershell": POWERSHELL}
