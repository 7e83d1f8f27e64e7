package dev.ganglion.decider.threshold;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.FakeSteps;
import dev.ganglion.testkit.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A stream of numbers and what is decided about it. */
final class Watched {
    static final ThresholdDecider DECIDER = new ThresholdDecider();

    /** One value. */
    static final ModelPackage LIFE =
            model(TensorSpec.of("rul_cycles", Tensor.Type.FLOAT32, "{cycle}", 1, 1));

    /** Two classes. */
    static final ModelPackage STATE =
            model(TensorSpec.of("probs", Tensor.Type.FLOAT32, "1", -1, 2))
                    .withLabels(Map.of("probs", List.of("normal", "failure")));

    final List<Decision> decisions = new ArrayList<>();
    final Stage<Steps, Decision> stage;
    private final ModelPackage model;

    Watched(ModelPackage model, Map<String, String> given) {
        this.model = model;
        this.stage =
                DECIDER.open(
                        model,
                        options(given),
                        text -> {
                            throw new AssertionError("no text is run");
                        });
    }

    /** Watches the value of {@link #LIFE}, with options such as {@code above=3 leave=2}. */
    static Watched value(String given) {
        return new Watched(LIFE, map(given));
    }

    static ModelPackage model(TensorSpec... outputs) {
        return ModelPackage.of(new ModelId("pump", "1"), "onnx", Path.of("model.onnx"))
                .withTensors(List.of(), List.of(outputs));
    }

    static Options options(Map<String, String> given) {
        return Options.of("decide:threshold", DECIDER.options(), given, Path.of(""));
    }

    static Map<String, String> map(String given) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String each : given.strip().split(" ")) {
            int equals = each.indexOf('=');
            map.put(each.substring(0, equals), each.substring(equals + 1));
        }
        return map;
    }

    Steps step(Tensor tensor) {
        String name = model.outputs().get(0).name();
        FakeSteps steps = new FakeSteps(model, List.of(Map.of(name, tensor)));
        steps.advance();
        return steps;
    }

    void push(Tensor tensor) {
        stage.push(step(tensor), decisions::add);
    }

    /** One row. */
    void push(double... row) {
        float[] floats = new float[row.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) row[i];
        }
        push(Tensors.of(floats, 1, floats.length));
    }

    /** Step after step of one value each. */
    Watched each(double... values) {
        for (double value : values) {
            push(value);
        }
        return this;
    }

    /** What the decisions were called; forgets them. */
    List<String> names() {
        List<String> names = decisions.stream().map(Decision::name).toList();
        decisions.clear();
        return names;
    }

    List<Object> values() {
        return decisions.stream().map(each -> each.parameters().get("value")).toList();
    }

    List<Object> thresholds() {
        return decisions.stream().map(each -> each.parameters().get("threshold")).toList();
    }
}
