package io.cooper.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/// Makes commands: those of ours that print get the terminal, everything else picocli's way.
record Commands(Terminal terminal) implements IFactory {
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
