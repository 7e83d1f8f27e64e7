/**
 * What is installed: a {@link dev.ganglion.api.model.ModelPackage} is a folder with weights and a
 * card that says what they take and give; a {@link dev.ganglion.api.model.ModelId} is its name and
 * version. Loading it is the engine's business.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.api.model;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
