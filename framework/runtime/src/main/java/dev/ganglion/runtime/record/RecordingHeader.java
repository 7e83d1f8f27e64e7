package dev.ganglion.runtime.record;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The first line of a recording: of which route, with which models.
 *
 * @param route the id of the route
 * @param file the route file, absolute
 * @param routeSha256 the checksum of its content
 * @param models the models of the route by name
 * @param set the values of the route's placeholders that were given at the start
 * @param started when the recording began, as ISO 8601
 * @param input what its sensor gave; null when the route begins with a Camel component
 */
public record RecordingHeader(
        String route,
        String file,
        String routeSha256,
        Map<String, UsedModel> models,
        Map<String, String> set,
        String started,
        @Nullable TensorSpec input) {
    static final int VERSION = 1;
    private static final String KIND = "ganglion";
    private static final String RECORDING = "recording";

    /**
     * Which model it was.
     *
     * @param version its version
     * @param sha256 the checksum of its weights as the card says it; empty when there is no card
     */
    public record UsedModel(String version, String sha256) {
        @Override
        public String toString() {
            return "version " + version + (sha256.isEmpty() ? "" : " with SHA-256 " + sha256);
        }
    }

    /** Copies the maps, in the order of their names. */
    public RecordingHeader {
        models = new TreeMap<>(models);
        set = new TreeMap<>(set);
    }

    /** {@return the same of a recording that begins now, of what this sensor gives} */
    public RecordingHeader starting(String nowIso, @Nullable TensorSpec sensed) {
        return new RecordingHeader(route, file, routeSha256, models, set, nowIso, sensed);
    }

    /**
     * Compares with the route that is there now.
     *
     * @return null when a replay can be equal, else a sentence that names both sides
     */
    public @Nullable String mismatch(RecordingHeader now) {
        if (!route.equals(now.route)) {
            return "it is a recording of the route '"
                    + route
                    + "' ("
                    + file
                    + "), and this is the route '"
                    + now.route
                    + "' ("
                    + now.file
                    + ")";
        }
        if (!routeSha256.equals(now.routeSha256)) {
            return "the route file had the SHA-256 "
                    + routeSha256
                    + " when it was recorded, and "
                    + now.file
                    + " has "
                    + now.routeSha256;
        }
        for (Map.Entry<String, UsedModel> model : models.entrySet()) {
            UsedModel found = now.models.get(model.getKey());
            if (!model.getValue().equals(found)) {
                return "it was recorded with "
                        + model.getValue()
                        + " of model '"
                        + model.getKey()
                        + "', and "
                        + (found == null ? "there is none" : found + " is there");
            }
        }
        return null;
    }

    String json() throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(KIND, RECORDING);
        json.put("version", VERSION);
        json.put("route", route);
        json.put("file", file);
        json.put("routeSha256", routeSha256);
        Map<String, Object> used = new LinkedHashMap<>();
        models.forEach(
                (name, model) -> {
                    Map<String, Object> each = new LinkedHashMap<>();
                    each.put("version", model.version());
                    each.put("sha256", model.sha256());
                    used.put(name, each);
                });
        json.put("models", used);
        json.put("set", set);
        json.put("started", started);
        TensorSpec spec = input;
        if (spec != null) {
            Map<String, Object> given = new LinkedHashMap<>();
            given.put("name", spec.name());
            given.put("type", spec.type().name());
            given.put("shape", spec.shape());
            given.put("unit", spec.unit());
            given.put("rateHz", spec.rateHz());
            json.put("input", given);
        }
        return JSON.std.asString(json);
    }

    static RecordingHeader parse(Path file, @Nullable Map<String, Object> json) {
        if (json == null || !RECORDING.equals(json.get(KIND))) {
            throw new GanglionException(
                    Kind.INPUT,
                    file
                            + " is no recording: its first line is not {\"ganglion\":\"recording\",…};"
                            + " make one with 'ganglion record ROUTE --to FILE'");
        }
        if (!Integer.valueOf(VERSION).equals(json.get("version"))) {
            throw new GanglionException(
                    Kind.INPUT,
                    file
                            + " has the format version "
                            + json.get("version")
                            + ", and this program reads version "
                            + VERSION
                            + "; replay it with the program that recorded it");
        }
        try {
            Map<String, UsedModel> models = new LinkedHashMap<>();
            Json.object(json.get("models"))
                    .forEach(
                            (name, model) -> {
                                Map<?, ?> each = Json.object(model);
                                models.put(
                                        String.valueOf(name),
                                        new UsedModel(
                                                Json.text(each, "version"),
                                                Json.text(each, "sha256")));
                            });
            Map<String, String> set = new LinkedHashMap<>();
            Json.object(json.get("set"))
                    .forEach((name, value) -> set.put(String.valueOf(name), String.valueOf(value)));
            return new RecordingHeader(
                    Json.text(json, "route"),
                    Json.text(json, "file"),
                    Json.text(json, "routeSha256"),
                    models,
                    set,
                    Json.text(json, "started"),
                    json.get("input") == null ? null : spec(Json.object(json.get("input"))));
        } catch (IllegalArgumentException e) {
            throw new GanglionException(
                    Kind.INPUT,
                    "the header of the recording " + file + " is damaged (" + e.getMessage() + ")",
                    e);
        }
    }

    private static TensorSpec spec(Map<?, ?> json) {
        List<Long> shape = Json.list(json.get("shape")).stream().map(Json::whole).toList();
        return new TensorSpec(
                Json.text(json, "name"),
                Tensor.Type.valueOf(Json.text(json, "type")),
                shape,
                Json.text(json, "unit"),
                Json.number(json, "rateHz"));
    }
}
