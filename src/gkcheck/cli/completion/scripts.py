"""What each shell runs: a function that asks gkcheck, and where its answer goes.

The shells' own filtering by prefix is passed by, since jy must offer 市教育局: bash takes COMPREPLY as it
is, zsh is told so (compadd -U), fish has the word replaced, PowerShell does not filter.
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
function __gkcheck_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l typed $words[-1]
    set -l lines (env _GKCHECK_COMPLETE=fish $words[1] $words[2..-1] 2>/dev/null)
    if test "$lines[1]" = ":files"
        __fish_complete_path $typed
        return
    end
    if test (count $lines) -eq 1
        set -l value (string split -f1 \t -- $lines[1])
        if test -n "$typed"; and not string match -q -- "$typed*" $value
            commandline -rt -- "$value "
            return
        end
    end
    printf '%s\n' $lines
end
complete -c gkcheck -f -a '(__gkcheck_complete)'
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
        if ($value -match '[\s''"();,|&<>{}$`]') { $text = "'" + $value.Replace("'", "''") + "'" } else { $text = $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $tip)
    }
}
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH, "powershell": POWERSHELL}
