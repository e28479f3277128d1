package io.cooper.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IFactory;

/// Makes commands: those of ours that print get the terminal, everything else picocli's way.
record Commands(Terminal terminal) implements IFactory {
  /// In the order of the help page.
  private static final Map<String, Class<?>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("check", CheckCommand.class);
    ALL.put("fix", FixCommand.class);
    ALL.put("diff", DiffCommand.class);
    ALL.put("validate", ValidateCommand.class);
    ALL.put("render", RenderCommand.class);
    ALL.put("graph", GraphCommand.class);
    ALL.put("explain", ExplainCommand.class);
    ALL.put("files", FilesCommand.class);
    ALL.put("vendor", VendorCommand.class);
    ALL.put("policies", PoliciesCommand.class);
    ALL.put("schemas", SchemasCommand.class);
    ALL.put("plugin", PluginCommand.class);
    ALL.put("migrate", MigrateCommand.class);
    ALL.put("wal", WalCommand.class);
    ALL.put("backup", BackupCommand.class);
    ALL.put("drill", DrillCommand.class);
    ALL.put("store", StoreCommand.class);
    ALL.put("train", TrainCommand.class);
  }

  /// The command line that answers some arguments. picocli reads the annotations of every command
  /// it is given, which takes longer than some commands do; one that is named first is enough.
  CommandLine lineFor(String... args) {
    var line = new CommandLine(new CooperCommand(), this);
    var named = args.length == 0 ? null : ALL.get(args[0]);
    if (named != null) {
      return line.addSubcommand(args[0], named);
    }
    ALL.forEach(line::addSubcommand);
    return line.addSubcommand(HelpCommand.class).addSubcommand(GenerateCompletion.class);
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    for (var constructor : type.getDeclaredConstructors()) {
      if (constructor.getParameterCount() == 1
          && constructor.getParameterTypes()[0] == Terminal.class) {
        return type.cast(constructor.newInstance(terminal));
      }
    }
    return CommandLine.defaultFactory().create(type);
  }
}
