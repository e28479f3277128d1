/// Changes of YAML files that leave every other byte as it is: comments, order, quoting,
/// indentation, ends of lines.
///
/// - **Here:** what can be changed, and the text that does it, or why it cannot be done safely.
/// - **Begin with:** [io.cooper.manifest.edit.EditableYaml].
/// - **May use:** `manifest`, `problem`.
/// - **One more kind of change?** A record in [io.cooper.manifest.edit.YamlChange]; the compiler
///   names the rest. Nothing has to be trusted: the result is read again and compared.
@NullMarked
package io.cooper.manifest.edit;

import org.jspecify.annotations.NullMarked;
