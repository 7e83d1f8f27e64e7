/**
 * One small, real plug-in of each kind, for tests of the framework and as examples that pass the
 * kits.
 *
 * <p>They compute something that can be checked by hand, need no library, and can be told to do
 * what a test needs: {@link dev.ganglion.testkit.toy.ToyEngine} counts what is open and what was
 * used after it was freed, {@link dev.ganglion.testkit.toy.Gate} stops a model in the middle of a
 * step, {@link dev.ganglion.testkit.toy.RecordingActuator} fails on demand, {@link
 * dev.ganglion.testkit.toy.HandFedSensor} notices what the test says. {@link
 * dev.ganglion.testkit.toy.ToyModels} writes model files.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.testkit.toy;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
