package io.cooper.backup.restore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Optional;

/// The file system of a folder, brought to its disk by one call of Linux: `syncfs(2)`.
///
/// The folder stays open from the beginning on: from then on an error of the disk is told, also of
/// what the kernel wrote by itself. Kernels before 5.8 tell of none, as the documentation of
/// PostgreSQL's `recovery_init_sync_method` has it.
final class LinuxFileSystem implements WriteBack.FileSystem {
  private static final int READ_ONLY = 0;
  private static final int CLOSE_ON_EXEC = 0x80000;

  private final Path folder;
  private final Calls calls;
  private final int descriptor;

  private LinuxFileSystem(Path folder, Calls calls, int descriptor) {
    this.folder = folder;
    this.calls = calls;
    this.descriptor = descriptor;
  }

  /// Of the file system of a folder; empty where there is no such call.
  static Optional<WriteBack.FileSystem> of(Path folder) {
    return Calls.ofSystem()
        .flatMap(calls -> {
          int descriptor = calls.open(folder.toString());
          return descriptor < 0
              ? Optional.empty()
              : Optional.of(new LinuxFileSystem(folder, calls, descriptor));
        });
  }

  @Override
  public void sync() throws IOException {
    int error = calls.syncfs(descriptor);
    if (error != 0) {
      throw new IOException(
          "%s: its file system could not write everything to the disk: error %d of Linux"
              .formatted(folder, error));
    }
  }

  @Override
  public void close() {
    calls.close(descriptor);
  }

  /// The functions of the C library.
  ///
  /// @param state where the number of an error is kept
  private record Calls(
      MethodHandle open,
      MethodHandle syncfs,
      MethodHandle close,
      MemoryLayout state,
      VarHandle errno) {
    /// Empty if this is another system, or a C library that does not have them.
    @SuppressWarnings("restricted") // whoever starts the program allows it
    static Optional<Calls> ofSystem() {
      if (!"Linux".equals(System.getProperty("os.name"))) {
        return Optional.empty();
      }
      var linker = Linker.nativeLinker();
      var library = linker.defaultLookup();
      var number = ValueLayout.JAVA_INT;
      var state = Linker.Option.captureStateLayout();
      try {
        return Optional.of(
            new Calls(
                linker.downcallHandle(
                    library.findOrThrow("open"),
                    FunctionDescriptor.of(number, ValueLayout.ADDRESS, number),
                    Linker.Option.firstVariadicArg(2)),
                linker.downcallHandle(
                    library.findOrThrow("syncfs"),
                    FunctionDescriptor.of(number, number),
                    Linker.Option.captureCallState("errno")),
                linker.downcallHandle(
                    library.findOrThrow("close"), FunctionDescriptor.of(number, number)),
                state,
                state.varHandle(PathElement.groupElement("errno"))));
      } catch (NoSuchElementException | UnsupportedOperationException _) {
        return Optional.empty();
      }
    }

    /// The descriptor; below 0 if it cannot be opened.
    int open(String path) {
      try (var arena = Arena.ofConfined()) {
        return (int) open.invokeExact(arena.allocateFrom(path), READ_ONLY | CLOSE_ON_EXEC);
      } catch (Throwable impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    /// The number of the error; 0 if there was none.
    int syncfs(int descriptor) {
      try (var arena = Arena.ofConfined()) {
        MemorySegment kept = arena.allocate(state);
        return (int) syncfs.invokeExact(kept, descriptor) == 0 ? 0 : (int) errno.get(kept, 0L);
      } catch (Throwable impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    void close(int descriptor) {
      try {
        int _ = (int) close.invokeExact(descriptor);
      } catch (Throwable impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }
}
