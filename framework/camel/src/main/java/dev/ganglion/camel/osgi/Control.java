package dev.ganglion.camel.osgi;

import dev.ganglion.camel.route.RouteFiles;
import dev.ganglion.camel.route.WhySlow;
import dev.ganglion.runtime.plugin.Plugins;
import dev.ganglion.runtime.report.Statistics;
import dev.ganglion.runtime.report.Statistics.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers the commands of an operator: a map with {@code command} and its parameters goes in, a map
 * with {@code ok} comes out, and with {@code sentence} when it was refused. What begins with {@code
 * model.} is passed on to the models.
 */
final class Control implements Function<Map<String, Object>, Map<String, Object>> {
    private static final String MODELS = "model.";
    private static final Figures NONE = new Figures(0, 0, 0, 0, 0, Map.of(), Map.of());

    private final long startNanos = System.nanoTime();
    private final Map<String, Function<Map<String, Object>, Map<String, Object>>> commands =
            new LinkedHashMap<>();
    private final Plugins plugins;
    private final Function<Map<String, Object>, Map<String, Object>> models;
    private final Statistics statistics;
    private final Supplier<List<RouteFiles.Status>> files;
    private final Supplier<String> problem;

    /**
     * Over what is there.
     *
     * @param files the route files
     * @param problem what is wrong beside the plug-ins, empty when nothing is
     */
    Control(
            Plugins plugins,
            Function<Map<String, Object>, Map<String, Object>> models,
            Statistics statistics,
            WhySlow whySlow,
            Supplier<List<RouteFiles.Status>> files,
            Supplier<String> problem) {
        this.plugins = plugins;
        this.models = models;
        this.statistics = statistics;
        this.files = files;
        this.problem = problem;
        commands.put("top", request -> top());
        commands.put("why-slow", request -> whySlow(request, whySlow));
        commands.put("plugin.list", request -> pluginList());
        commands.put("route.list", request -> routeList());
    }

    /** Adds a command that others answer. */
    void add(String command, Function<Map<String, Object>, Map<String, Object>> answering) {
        commands.put(command, answering);
    }

    @Override
    public Map<String, Object> apply(Map<String, Object> request) {
        String name = String.valueOf(request.get("command"));
        if (name.startsWith(MODELS)) {
            return models.apply(request);
        }
        Function<Map<String, Object>, Map<String, Object>> command = commands.get(name);
        if (command == null) {
            return Map.of(
                    "ok",
                    false,
                    "sentence",
                    "there is no command '"
                            + name
                            + "'; there are: "
                            + String.join(", ", commands.keySet())
                            + ", and those of models, such as model.list");
        }
        return command.apply(request);
    }

    private static Map<String, Object> ok() {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ok", true);
        return answer;
    }

    private Map<String, Object> top() {
        Map<String, Object> listed = models.apply(Map.of("command", "model.list"));
        if (!Boolean.TRUE.equals(listed.get("ok"))) {
            return listed;
        }
        Map<String, Object> answer = ok();
        answer.put("uptimeMillis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
        answer.put("rssBytes", rssBytes());
        answer.put("routes", routes(true));
        answer.put("models", inMemory(listed.get("models")));
        return answer;
    }

    private static List<?> inMemory(@Nullable Object models) {
        return models instanceof List<?> list
                ? list.stream()
                        .filter(
                                model ->
                                        !(model instanceof Map<?, ?> map
                                                && "installed".equals(map.get("state"))))
                        .toList()
                : List.of();
    }

    private Map<String, Object> whySlow(Map<String, Object> request, WhySlow whySlow) {
        return whySlow.of(
                String.valueOf(request.getOrDefault("route", "")),
                files.get().stream().flatMap(file -> file.routes().stream()).toList(),
                Boolean.parseBoolean(String.valueOf(request.get("reset"))));
    }

    private Map<String, Object> routeList() {
        Map<String, Object> answer = ok();
        answer.put("routes", routes(false));
        return answer;
    }

    private List<Map<String, Object>> routes(boolean latencies) {
        Map<String, Figures> figures = statistics.snapshot();
        List<Map<String, Object>> routes = new ArrayList<>();
        for (RouteFiles.Status file : files.get()) {
            // A file of which nothing runs is shown, too: that is what an operator looks for.
            List<String> ids = file.routes().isEmpty() ? List.of("") : file.routes();
            for (String id : ids) {
                routes.add(route(id, file, figures.getOrDefault(id, NONE), latencies));
            }
        }
        return routes;
    }

    private static Map<String, Object> route(
            String id, RouteFiles.Status file, Figures figures, boolean latencies) {
        Map<String, Object> route = new LinkedHashMap<>();
        route.put("route", id);
        route.put("file", file.file().toString());
        route.put("state", file.state().name().toLowerCase(Locale.ROOT));
        route.put("sentence", file.sentence());
        route.put("messages", figures.messages());
        route.put("failed", figures.failed());
        route.put("dropped", figures.dropped());
        route.put("samples", figures.samples());
        if (latencies) {
            route.put("perSecond", figures.perSecond());
            route.put("microsP50", figures.microsP50());
            route.put("microsP99", figures.microsP99());
        } else {
            route.put("waitsFor", waitsFor(file));
        }
        return route;
    }

    private static String waitsFor(RouteFiles.Status file) {
        if (file.state() != RouteFiles.State.WAITING) {
            return "";
        }
        String sentence = file.sentence();
        for (String beginning : List.of(file.file() + " waits for ", file.file() + ": ")) {
            if (sentence.startsWith(beginning)) {
                return sentence.substring(beginning.length());
            }
        }
        return sentence;
    }

    private Map<String, Object> pluginList() {
        Map<String, Object> answer = ok();
        answer.put(
                "plugins",
                plugins.entries().stream()
                        .map(
                                entry ->
                                        Map.of(
                                                "kind",
                                                entry.kind(),
                                                "name",
                                                entry.name(),
                                                "source",
                                                entry.source()))
                        .toList());
        List<String> problems = new ArrayList<>(plugins.problems());
        String other = problem.get();
        if (!other.isEmpty()) {
            problems.add(other);
        }
        answer.put("problems", problems);
        return answer;
    }

    /** The resident memory of this process, as Linux knows it; 0 elsewhere. */
    private static long rssBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException | NumberFormatException notLinux) {
            return 0;
        }
        return 0;
    }
}
