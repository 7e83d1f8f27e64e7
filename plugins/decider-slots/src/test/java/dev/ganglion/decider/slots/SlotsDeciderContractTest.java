package dev.ganglion.decider.slots;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.DeciderContract;
import java.util.List;
import java.util.Map;

class SlotsDeciderContractTest extends DeciderContract {
    @Override
    protected Decider decider() {
        return new SlotsDecider();
    }

    @Override
    protected ModelPackage model() {
        return Home.MODEL;
    }

    @Override
    protected Tokens tokens() {
        return Home.tokens("lights in the kitchen");
    }

    @Override
    protected List<Map<String, Tensor>> utterance() {
        return List.of(
                Map.of(
                        "intent_logits", Home.intents(1, 3, 0),
                        "slot_logits", Home.tags(tokens(), "O", "O", "O", "B-room")));
    }
}
