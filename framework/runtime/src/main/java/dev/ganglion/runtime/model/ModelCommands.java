package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.model.ModelId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What an operator asks about models, as maps that cross to those who do not share our classes.
 * Requests: {@code command} is {@code model.list}, {@code model.show}, {@code model.swap}, {@code
 * model.rollback}, {@code model.promote} or {@code model.engine}, with {@code name}, {@code
 * version}, {@code engine} and the keys of {@link Strategy#with} as strings. Answers: {@code ok},
 * and either what was asked for or a {@code sentence}; nothing is thrown.
 */
public final class ModelCommands implements Function<Map<String, Object>, Map<String, Object>> {
    private static final List<String> COMMANDS =
            List.of(
                    "model.engine",
                    "model.list",
                    "model.promote",
                    "model.rollback",
                    "model.show",
                    "model.swap");

    private final ModelHost host;

    /** The commands over one host. */
    public ModelCommands(ModelHost host) {
        this.host = host;
    }

    @Override
    public Map<String, Object> apply(Map<String, Object> request) {
        try {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("ok", true);
            answer.putAll(answer(text(request, "command"), request));
            return answer;
        } catch (GanglionException e) {
            return Map.of("ok", false, "sentence", String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            // A name or a version that could not be a folder's.
            return Map.of("ok", false, "sentence", String.valueOf(e.getMessage()));
        } catch (RuntimeException | LinkageError e) {
            return Map.of("ok", false, "sentence", e.toString());
        }
    }

    private Map<String, Object> answer(String command, Map<String, Object> request) {
        switch (command) {
            case "model.list":
                return Map.of("models", list(""), "folder", host.store().folder().toString());
            case "model.show":
                return show(text(request, "name"));
            case "model.swap":
                Map<String, String> strategy = new TreeMap<>();
                request.forEach(
                        (key, value) -> {
                            if (!List.of("command", "name", "version").contains(key)) {
                                strategy.put(key, String.valueOf(value));
                            }
                        });
                return replaced(
                        host.replace(
                                new ModelId(text(request, "name"), text(request, "version")),
                                strategy));
            case "model.rollback":
                return replaced(host.rollback(existing(text(request, "name"))));
            case "model.promote":
                return replaced(host.promote(existing(text(request, "name"))));
            case "model.engine":
                return replaced(host.engine(text(request, "name"), text(request, "engine")));
            default:
                throw new GanglionException(
                        GanglionException.Kind.INPUT,
                        "there is no command '"
                                + command
                                + "'; there are: "
                                + String.join(", ", COMMANDS));
        }
    }

    private static String text(Map<String, Object> request, String key) {
        Object value = request.get(key);
        if (value == null) {
            throw new GanglionException(
                    GanglionException.Kind.INPUT,
                    "the request lacks '" + key + "'; it has: " + request.keySet());
        }
        return String.valueOf(value);
    }

    private String existing(String name) {
        if (host.store().newest(name) == null) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    "there is no model '" + name + "'; " + host.store().existing());
        }
        return name;
    }

    private static Map<String, Object> replaced(ModelHost.Replaced done) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("model", done.model().toString());
        answer.put("instead", done.instead() == null ? "" : done.instead().toString());
        answer.put("sentence", done.sentence());
        return answer;
    }

    /** {@return the versions in memory, then those that are only installed} */
    private List<Map<String, Object>> list(String only) {
        List<Map<String, Object>> models = new ArrayList<>();
        List<ModelHost.Serving> serving = host.serving();
        for (ModelHost.Serving each : serving) {
            if (only.isEmpty() || only.equals(each.id().name())) {
                models.add(row(each));
            }
        }
        for (ModelId id : host.store().list()) {
            if ((only.isEmpty() || only.equals(id.name()))
                    && serving.stream().noneMatch(each -> each.id().equals(id))) {
                models.add(row(new ModelHost.Serving(id, "installed", "", "", 0, 0, 0, 0)));
            }
        }
        return models;
    }

    private Map<String, Object> row(ModelHost.Serving each) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", each.id().name());
        row.put("version", each.id().version());
        row.put("state", each.state());
        row.put("engine", each.engine());
        row.put("isolation", each.isolation());
        row.put("format", format(each.id()));
        row.put("leases", each.leases());
        row.put("mappedBytes", each.mappedBytes());
        row.put("allocatedBytes", each.allocatedBytes());
        row.put("sinceMillis", each.sinceMillis());
        return row;
    }

    private String format(ModelId id) {
        try {
            return host.store().card(id).source().format();
        } catch (GanglionException damaged) {
            return "unreadable";
        }
    }

    private Map<String, Object> show(String name) {
        ModelId newest = host.store().newest(existing(name));
        ModelId shown =
                host.serving().stream()
                        .map(ModelHost.Serving::id)
                        .filter(id -> id.name().equals(name))
                        .findFirst()
                        .orElse(newest);
        if (shown == null) {
            throw new IllegalStateException("the versions of " + name + " are gone");
        }
        ModelCard card = host.store().card(shown);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("name", name);
        answer.put("versions", list(name));
        answer.put("inputs", card.source().inputs().stream().map(Object::toString).toList());
        answer.put("outputs", card.source().outputs().stream().map(Object::toString).toList());
        answer.put("licence", card.licence());
        answer.put(
                "leasesHeld",
                host.leases(name).stream()
                        .map(
                                lease ->
                                        Map.<String, Object>of(
                                                "holder",
                                                lease.holder(),
                                                "sinceMillis",
                                                lease.sinceMillis()))
                        .toList());
        answer.put(
                "log",
                host.decided(name).stream()
                        .map(
                                each ->
                                        Map.<String, Object>of(
                                                "atMillis",
                                                each.atMillis(),
                                                "sentence",
                                                each.sentence()))
                        .toList());
        return answer;
    }
}
