package io.cooper.flux.remote;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import io.cooper.manifest.YamlWriter;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The lock file: a list of `url`, `sha256` and `size`, sorted by address so that it merges well.
final class Lock {
  private static final String HEAD =
      "# Written by `cooper vendor`: what the addresses in kustomization files gave.\n";
  private static final Place NOWHERE = Place.startOf(VendoredFiles.LOCK);

  private Lock() {}

  /// @throws ProblemException if it is not such a list
  static Map<String, Pin> read(Path file) {
    var parsed = YamlReader.ofSources().read(VendoredFiles.LOCK, bytes(file));
    if (!parsed.faults().isEmpty()) {
      var fault = parsed.faults().getFirst();
      throw damaged(fault.place(), fault.problem().what());
    }
    var pins = new TreeMap<String, Pin>();
    for (var document : parsed.documents()) {
      if (!(document instanceof Sequence list)) {
        throw damaged(document.place(), "is no list");
      }
      for (var entry : list.items()) {
        var pin = pin(entry);
        if (pins.put(pin.url(), pin) != null) {
          throw damaged(entry.place(), pin.url() + " is named twice");
        }
      }
    }
    return pins;
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw damaged(NOWHERE, "cannot be read: " + e.getMessage());
    }
  }

  private static Pin pin(Value entry) {
    var url = entry.find("url").flatMap(Value::text).filter(text -> !text.isBlank());
    var sha256 = entry.find("sha256").flatMap(Value::text);
    var size = entry.find("size").flatMap(Value::text).filter(text -> text.matches("\\d{1,9}"));
    if (url.isEmpty()
        || size.isEmpty()
        || sha256.filter(text -> text.matches("[0-9a-f]{64}")).isEmpty()) {
      throw damaged(
          entry.place(), "an entry has a url, a sha256 of 64 hexadecimal digits and a size");
    }
    return new Pin(url.get(), sha256.get(), Long.parseLong(size.get()));
  }

  private static ProblemException damaged(Place place, String what) {
    return new Problem(
            Code.BAD_INPUT,
            place.toString(),
            what,
            "restore it from Git, or delete it and run cooper vendor")
        .asException();
  }

  static byte[] text(Collection<Pin> pins) {
    var list = new Sequence(NOWHERE, pins.stream().map(Lock::entry).toList());
    var yaml = YamlWriter.write(List.of(list)).replaceFirst("^---\\s", "");
    return (HEAD + yaml).getBytes(StandardCharsets.UTF_8);
  }

  private static Value entry(Pin pin) {
    var fields = new LinkedHashMap<String, Mapping.Entry>();
    for (var field : List.of(text("url", pin.url()), text("sha256", pin.sha256()))) {
      fields.put(field.key().source(), field);
    }
    var size = Long.toString(pin.size());
    fields.put("size", new Mapping.Entry(scalar("size"), new Scalar(NOWHERE, size, pin.size())));
    return new Mapping(NOWHERE, fields);
  }

  private static Mapping.Entry text(String key, String value) {
    return new Mapping.Entry(scalar(key), scalar(value));
  }

  private static Scalar scalar(String text) {
    return new Scalar(NOWHERE, text, text);
  }
}
