package dev.ganglion.runtime.wiring;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The stages of a cascade in the order in which they are asked, from a file such as
 *
 * <pre>
 * stages:
 *   - {name: rules, rules: rules.yaml}
 *   - {name: nlu-micro, infer: nlu-micro, decide: "slots?above=0.9", actions: nlu-actions.yaml}
 *   - {name: home-lm, infer: "home-lm-{engine}", decide: action}
 *   - {name: neighbour, peer: "http://192.168.1.20:8080/command", timeoutMillis: 2000}
 * otherwise: I did not understand that.
 * </pre>
 *
 * {@code {engine}} stands for a parameter of that name at the step. Immutable.
 *
 * @param file where it was read
 * @param stages at least one
 * @param otherwise what is answered when none of them is sure; may be empty
 */
public record CascadeFile(Path file, List<Stage> stages, String otherwise) {
    private static final List<String> KEYS = List.of("stages", "otherwise");
    private static final List<String> STAGE_KEYS =
            List.of("name", "rules", "infer", "decide", "actions", "peer", "timeoutMillis");
    private static final long TIMEOUT_MILLIS = 5000;

    /**
     * Somebody who may be asked: exactly one of rules, a model and a peer.
     *
     * @param name who it is, in reports
     * @param rules the file of sentences, or null
     * @param infer the model, or null
     * @param decide what its numbers mean, with the model
     * @param actions the file that says which decision of it is which action; null when it says
     *     actions itself
     * @param peer another machine, or null
     * @param timeoutMillis how long a peer has to answer
     */
    public record Stage(
            String name,
            @Nullable Path rules,
            @Nullable RouteStep infer,
            @Nullable RouteStep decide,
            @Nullable Path actions,
            @Nullable URI peer,
            long timeoutMillis) {}

    /** Copies the list. */
    public CascadeFile {
        stages = List.copyOf(stages);
    }

    /**
     * Reads the file that a step names, and chooses the stages that the step wants.
     *
     * @param step {@code cascade:understand.yaml?stages=rules,home-lm}; all when it names none, or
     *     says {@code all}
     * @throws GanglionException of kind SETUP when it cannot be read, or says what cannot be
     */
    public static CascadeFile read(RouteStep step) {
        Path file = step.folder().resolve(step.name()).normalize();
        Object root;
        try {
            root =
                    new Load(LoadSettings.builder().setLabel(file.toString()).build())
                            .loadFromString(Files.readString(file));
        } catch (YamlEngineException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the cascade file is not YAML: "
                            + String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " "),
                    e);
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the cascade file "
                            + file
                            + " of "
                            + step
                            + " cannot be read ("
                            + e
                            + "); cascade: names a file beside the route",
                    e);
        }
        return new Reader(file, step).read(root).only(step);
    }

    /** {@return the models that a step of a route runs: its own, or those of its stages} */
    public static List<String> models(RouteStep step) {
        if (step.word().equals("infer")) {
            return List.of(step.name());
        }
        if (!step.word().equals("cascade")) {
            return List.of();
        }
        List<String> models = new ArrayList<>();
        for (Stage stage : read(step).stages()) {
            if (stage.infer() != null) {
                models.add(stage.infer().name());
            }
        }
        return models;
    }

    private CascadeFile only(RouteStep step) {
        String wanted = step.parameters().getOrDefault("stages", "all").strip();
        if (wanted.isEmpty() || wanted.equals("all")) {
            return this;
        }
        List<Stage> chosen = new ArrayList<>();
        for (String name : wanted.split("\\s*,\\s*")) {
            chosen.add(
                    stages.stream()
                            .filter(stage -> stage.name().equals(name))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new GanglionException(
                                                    Kind.SETUP,
                                                    step
                                                            + " wants the stage '"
                                                            + name
                                                            + "', which "
                                                            + file
                                                            + " does not have; it has: "
                                                            + names()
                                                            + ", or all")));
        }
        return new CascadeFile(file, chosen, otherwise);
    }

    private String names() {
        return stages.stream().map(Stage::name).collect(Collectors.joining(", "));
    }

    private static final class Reader {
        private final Path file;
        private final RouteStep step;

        /** What the file may say in braces, and what of it it does. */
        private final Map<String, String> filled = new LinkedHashMap<>();

        private final Set<String> used = new TreeSet<>();

        Reader(Path file, RouteStep step) {
            this.file = file;
            this.step = step;
            filled.putAll(step.parameters());
            StepOptions.names("cascade").forEach(filled::remove);
        }

        CascadeFile read(@Nullable Object root) {
            Map<?, ?> map = map("the file", root);
            known("", map, KEYS);
            if (!(map.get("stages") instanceof List<?> list) || list.isEmpty()) {
                throw wrong(
                        "must list at least one stage under 'stages', found '"
                                + map.get("stages")
                                + "'");
            }
            Map<String, Stage> stages = new LinkedHashMap<>();
            for (Object each : list) {
                Stage stage = stage(map("a stage", each));
                if (stages.put(stage.name(), stage) != null) {
                    throw wrong("has two stages named '" + stage.name() + "'; rename one");
                }
            }
            for (String parameter : filled.keySet()) {
                if (!used.contains(parameter)) {
                    throw new GanglionException(
                            Kind.SETUP,
                            step
                                    + " has no option '"
                                    + parameter
                                    + "'; the options are stages, budgetMillis, privacy, reply, and"
                                    + " what "
                                    + file
                                    + " says in braces: "
                                    + (used.isEmpty() ? "nothing" : String.join(", ", used)));
                }
            }
            Object otherwise = map.get("otherwise");
            return new CascadeFile(
                    file,
                    List.copyOf(stages.values()),
                    otherwise == null ? "" : otherwise.toString());
        }

        private Stage stage(Map<?, ?> map) {
            known("a stage's ", map, STAGE_KEYS);
            String name = text(map, "name");
            String rules = text(map, "rules");
            String infer = text(map, "infer");
            String peer = text(map, "peer");
            int kinds = (rules.isEmpty() ? 0 : 1) + (infer.isEmpty() ? 0 : 1);
            if (name.isEmpty() || kinds + (peer.isEmpty() ? 0 : 1) != 1) {
                throw wrong(
                        "has a stage that needs a name and one of rules:, infer: and peer:, found "
                                + map);
            }
            String decide = text(map, "decide");
            if (infer.isEmpty() != decide.isEmpty()) {
                throw wrong(
                        "has the stage '"
                                + name
                                + "', in which infer: and decide: belong together, found "
                                + map);
            }
            String actions = text(map, "actions");
            return new Stage(
                    name,
                    rules.isEmpty() ? null : path(rules),
                    infer.isEmpty() ? null : step("infer", infer),
                    infer.isEmpty() ? null : step("decide", decide),
                    actions.isEmpty() ? null : path(actions),
                    peer.isEmpty() ? null : uri(name, peer),
                    timeout(name, text(map, "timeoutMillis")));
        }

        private long timeout(String name, String said) {
            try {
                long millis = said.isEmpty() ? TIMEOUT_MILLIS : Long.parseLong(said);
                if (millis > 0 && millis <= 600_000) {
                    return millis;
                }
            } catch (NumberFormatException notANumber) {
                // Said below.
            }
            throw wrong(
                    "gives the stage '"
                            + name
                            + "' a timeoutMillis of '"
                            + said
                            + "'; a whole number from 1 to 600000 in ms expected");
        }

        private URI uri(String name, String peer) {
            try {
                URI uri = URI.create(peer);
                boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                if (web && uri.getHost() != null) {
                    return uri;
                }
            } catch (IllegalArgumentException notAnAddress) {
                // Said below.
            }
            throw wrong(
                    "gives the stage '"
                            + name
                            + "' the peer '"
                            + peer
                            + "'; an address that begins with http:// or https:// expected");
        }

        private Path path(String name) {
            Path folder = file.toAbsolutePath().getParent();
            return folder == null ? Path.of(name) : folder.resolve(name).normalize();
        }

        /** A step as a route would write it, without its word: {@code slots?above=0.9}. */
        private RouteStep step(String word, String written) {
            int question = written.indexOf('?');
            Map<String, String> parameters = new LinkedHashMap<>();
            if (question >= 0) {
                for (String pair : written.substring(question + 1).split("&")) {
                    int equals = pair.indexOf('=');
                    if (equals <= 0) {
                        throw wrong(
                                "has the step '"
                                        + written
                                        + "', whose options are name=value joined by &, found '"
                                        + pair
                                        + "'");
                    }
                    parameters.put(pair.substring(0, equals), pair.substring(equals + 1));
                }
            }
            Path folder = file.toAbsolutePath().getParent();
            return new RouteStep(
                    word,
                    question < 0 ? written : written.substring(0, question),
                    parameters,
                    folder == null ? step.folder() : folder);
        }

        private String text(Map<?, ?> map, String key) {
            Object value = map.get(key);
            String text = value == null ? "" : value.toString().strip();
            for (Map.Entry<String, String> each : filled.entrySet()) {
                String hole = "{" + each.getKey() + "}";
                if (text.contains(hole)) {
                    used.add(each.getKey());
                    text = text.replace(hole, each.getValue());
                }
            }
            return text;
        }

        private Map<?, ?> map(String what, @Nullable Object value) {
            if (value instanceof Map<?, ?> map) {
                return map;
            }
            throw wrong("must have keys and values where " + what + " is, found '" + value + "'");
        }

        private void known(String where, Map<?, ?> map, List<String> keys) {
            for (Object key : map.keySet()) {
                if (!keys.contains(String.valueOf(key))) {
                    throw wrong(
                            "has an unknown key '"
                                    + where
                                    + key
                                    + "'; the keys are: "
                                    + String.join(", ", keys));
                }
            }
        }

        private GanglionException wrong(String what) {
            return new GanglionException(Kind.SETUP, "the cascade file " + file + " " + what);
        }
    }
}
