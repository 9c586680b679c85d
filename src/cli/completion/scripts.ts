/** The shells that can be told how a line goes on. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Each asks the command itself, so that options, scenarios and runs are those that are there when somebody types. */
const bash = `# collab-dev: completion for bash. In ~/.bashrc: source <(collab-dev completion bash)
_collab_dev() {
  local word
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    COMPREPLY+=("$word")
  done < <("\${COMP_WORDS[0]}" completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _collab_dev collab-dev
`;

const zsh = `#compdef collab-dev
# collab-dev: completion for zsh. In ~/.zshrc, behind compinit: source <(collab-dev completion zsh)
_collab_dev() {
  local -a found
  local word about
  while IFS=$'\\t' read -r word about; do
    found+=("\${word//:/\\\\:}:$about")
  done < <("\${words[1]}" completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe 'collab-dev' found; else _files; fi
}
compdef _collab_dev collab-dev
`;

const fish = `# collab-dev: completion for fish. In config.fish: collab-dev completion fish | source
function __collab_dev
  set -l line (commandline -opc)
  set -l found ($line[1] completion fish -- $line[2..] (commandline -ct) 2>/dev/null)
  if test (count $found) -gt 0
    string join \\n -- $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c collab-dev -f -a '(__collab_dev)'
`;

export const completionScript = (shell: Shell): string => ({ bash, zsh, fish })[shell];
