package dev.ganglion.testkit;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Steps whose outputs a test gives, over copies of its tensors. As with a real model, what one step
 * gave is overwritten by the next: who keeps a tensor, or what was said, over an advance sees it
 * change.
 */
public final class FakeSteps implements Steps {
    private final ModelPackage model;
    private final Tokens tokens;
    private final List<Map<String, Tensor>> steps = new ArrayList<>();
    private final List<String> pieces;
    private final List<Double> probabilities;
    private final StringBuilder said = new StringBuilder();
    private boolean spoilt;
    private int count;

    /**
     * Steps that were not advanced yet.
     *
     * @param outputs the outputs of each step, by name
     */
    public FakeSteps(ModelPackage model, Tokens tokens, List<Map<String, Tensor>> outputs) {
        this(model, tokens, outputs, List.of(), List.of());
    }

    /**
     * Steps of a model that generates: each says one piece.
     *
     * @param probabilities how likely the model held each of them
     */
    public static FakeSteps saying(
            ModelPackage model, List<String> pieces, List<Double> probabilities) {
        List<Map<String, Tensor>> none = new ArrayList<>();
        pieces.forEach(piece -> none.add(Map.of()));
        return new FakeSteps(model, new Tokens(), none, pieces, probabilities);
    }

    private FakeSteps(
            ModelPackage model,
            Tokens tokens,
            List<Map<String, Tensor>> outputs,
            List<String> pieces,
            List<Double> probabilities) {
        this.model = model;
        this.tokens = tokens;
        this.pieces = List.copyOf(pieces);
        this.probabilities = List.copyOf(probabilities);
        for (Map<String, Tensor> step : outputs) {
            Map<String, Tensor> copies = new TreeMap<>();
            step.forEach((name, tensor) -> copies.put(name, Tensors.copy(tensor)));
            steps.add(copies);
        }
    }

    /** Steps of a model that does not read tokens. */
    public FakeSteps(ModelPackage model, List<Map<String, Tensor>> outputs) {
        this(model, new Tokens(), outputs);
    }

    @Override
    public boolean advance() {
        if (count > 0) {
            spoil();
            spoilt = false;
        }
        if (count == steps.size()) {
            return false;
        }
        count++;
        return true;
    }

    /** Overwrites what the last step gave, as the model's next step would. */
    public void spoil() {
        for (Tensor tensor : steps.get(count - 1).values()) {
            for (int i = 0; i < tensor.bytes().capacity(); i++) {
                tensor.bytes().put(i, (byte) 0xFF);
            }
        }
        said.setLength(0);
        spoilt = true;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public Tensor output(String name) {
        if (count == 0) {
            throw new IllegalStateException(
                    "output '" + name + "' was asked for before the first advance");
        }
        Map<String, Tensor> step = steps.get(count - 1);
        Tensor tensor = step.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "model "
                            + model.id()
                            + " has no output '"
                            + name
                            + "'; it has: "
                            + String.join(", ", new TreeSet<>(step.keySet())));
        }
        return tensor;
    }

    @Override
    public Tokens tokens() {
        return tokens;
    }

    @Override
    public CharSequence said() {
        said.setLength(0);
        for (int i = 0; i < Math.min(count, pieces.size()) && !spoilt; i++) {
            said.append(pieces.get(i));
        }
        return said;
    }

    @Override
    public double probability() {
        return count == 0 || count > probabilities.size() ? 1 : probabilities.get(count - 1);
    }

    @Override
    public ModelPackage model() {
        return model;
    }
}
