package dev.ganglion.launcher;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ganglion doctor}: what is there, what is missing, and why. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {"Says what is there, what is missing and why. Changes nothing.", ""},
        footer = {"", "Exit status: 0 when nothing is wrong, else 1."})
final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Path home = Container.home();
        List<String> problems = new ArrayList<>();
        if (!"1".equals(System.getenv("ORT_DISABLE_TELEMETRY"))) {
            problems.add(
                    "ORT_DISABLE_TELEMETRY is not 1 in the environment: ONNX Runtime would call home, so its engine refuses"
                            + " to load; start with the script ganglion, which sets it");
        }
        Map<String, Object> status;
        Map<String, Object> listed = Map.of();
        try (Container container = Container.take()) {
            container.start(event -> {});
            problems.addAll(container.problems());
            @SuppressWarnings(
                    "unchecked") // the container offers a supplier of maps under this name
            Supplier<Map<String, Object>> service = container.command(Supplier.class, "status");
            @SuppressWarnings("unchecked") // likewise a function of maps
            Function<Map<String, Object>, Map<String, Object>> control =
                    container.command(Function.class, "control");
            status = service == null ? Map.of() : service.get();
            if (control == null) {
                problems.add("the routes did not start, because a bundle above is not active");
            } else {
                listed = control.apply(Map.of("command", "plugin.list"));
            }
        }
        if (listed.get("problems") instanceof List<?> found) {
            found.forEach(problem -> problems.add(String.valueOf(problem)));
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put(
                "java",
                System.getProperty("java.version")
                        + " ("
                        + System.getProperty("java.vendor")
                        + ")");
        facts.put("platform", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        facts.put("image", home.toString());
        facts.put(
                "var",
                Container.var(home)
                        + (Files.isWritable(Container.var(home)) ? "" : " (not writable)"));
        facts.put("plugins", plugins(listed));
        facts.put("models", status.getOrDefault("models", List.of()));
        facts.put("modelsFolder", status.getOrDefault("modelsFolder", ""));
        facts.put("problems", problems);
        if (json) {
            System.out.println(JSON.std.asString(facts));
        } else {
            print(facts, problems);
        }
        return problems.isEmpty() ? 0 : 1;
    }

    private static Map<String, TreeSet<String>> plugins(Map<String, Object> listed) {
        Map<String, TreeSet<String>> plugins = new TreeMap<>();
        if (listed.get("plugins") instanceof List<?> entries) {
            for (Object entry : entries) {
                if (entry instanceof Map<?, ?> map) {
                    plugins.computeIfAbsent(
                                    String.valueOf(map.get("kind")), kind -> new TreeSet<>())
                            .add(String.valueOf(map.get("name")));
                }
            }
        }
        return plugins;
    }

    private static void print(Map<String, Object> facts, List<String> problems) {
        facts.forEach(
                (name, value) -> {
                    if (value instanceof Map<?, ?> map) {
                        map.forEach((kind, names) -> System.out.printf("%-14s %s%n", kind, names));
                    } else if (!name.equals("problems")) {
                        System.out.printf("%-14s %s%n", name, value);
                    }
                });
        System.out.println();
        System.out.println(problems.isEmpty() ? "Nothing is wrong." : "Wrong:");
        problems.forEach(problem -> System.out.println("  - " + problem));
    }
}
