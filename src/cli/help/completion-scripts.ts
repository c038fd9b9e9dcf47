/** Asks the program itself what may follow; no command of its own, and never seen. */
export const COMPLETION_FLAG = '--get-completions';

// The program answers with `word TAB meaning` in lines, then `:files` or `:folders` where paths may
// stand, too. It is called as the user calls it.

const BASH = `# bash completion of gfpsim; in ~/.bashrc:  source <(gfpsim completion bash)
_gfpsim() {
  local current=\${COMP_WORDS[COMP_CWORD]} line paths=
  [[ $current == = ]] && current=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) paths=-f ;;
      :folders) paths=-d ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("$1" ${COMPLETION_FLAG} bash "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ -n $paths ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$paths" -- "$current")
  fi
  [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _gfpsim gfpsim
`;

const ZSH = `#compdef gfpsim
# zsh completion of gfpsim; in ~/.zshrc, after compinit:  source <(gfpsim completion zsh)
_gfpsim() {
  local line word paths=
  local -a asked candidates open
  asked=("\${(@Q)words[2,CURRENT]}")
  for line in "\${(@f)$("$words[1]" ${COMPLETION_FLAG} zsh "$asked[@]" 2>/dev/null)}"; do
    word=\${line%%$'\\t'*}
    case $line in
      :*) paths=\${line#:} ;;
      *=) open+=("$line") ;;
      ?*) candidates+=("\${word//:/\\\\:}\${\${line#"$word"}/$'\\t'/:}") ;;
    esac
  done
  (( $#candidates )) && _describe word candidates
  (( $#open )) && compadd -S '' -a open
  [[ $paths == files ]] && _files
  [[ $paths == folders ]] && _files -/
  return 0
}
if [[ $funcstack[1] == _gfpsim ]]; then _gfpsim "$@"; else compdef _gfpsim gfpsim; fi
`;

const FISH = `# fish completion of gfpsim:
#   gfpsim completion fish > ~/.config/fish/completions/gfpsim.fish
function __gfpsim_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] ${COMPLETION_FLAG} fish $words[2..-1] 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (commandline -ct)
            case :folders
                __fish_complete_directories (commandline -ct)
            case '*'
                echo $line
        end
    end
end
complete -c gfpsim -f -a '(__gfpsim_complete)'
`;

export const COMPLETION_SCRIPTS: Readonly<Record<string, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
};
