using Google.Protobuf;
using Toolkit.Autograd.Files;
using Toolkit.Autograd.Graph;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>Writes training steps as ONNX: forward pass, loss, penalties, gradients, clipping, optimizer and schedule in operators of the standard, so that a runtime for inference trains.</summary>
public static class TrainingStepExporter
{
    /// <summary>The operator set of a step unless another is asked for, 18: the oldest that combines the words of random numbers in one operator.</summary>
    public const int Opset = 18;

    /// <summary>
    /// Writes a training step as one file. Inputs are those of the step, then each parameter that it changes, whose present value is the default; outputs are those of the step, then the new
    /// value of each such parameter, <c>NAME_out</c>. The metadata pair them: <c>update:NAME</c> = <c>NAME_out</c>, and <c>role:NAME</c> = <see cref="ParameterRole"/>.
    /// </summary>
    /// <param name="step">The step, such as <c>trainer.TrainingStep</c>.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="options">How to write it; null for the defaults with the operator set <see cref="Opset"/>.</param>
    /// <exception cref="ExportException">The computation changes no parameter, an operation has no form in the operator set, an option is out of range, a parameter is NaN or infinite, or the
    /// model is too large.</exception>
    /// <exception cref="IOException">The file cannot be written: the folder is missing or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file is read-only.</exception>
    public static void ExportOnnx(this Signature step, string path, OnnxExportOptions? options = null) =>
        OnnxExporter.Export(Required(step), path, options ?? new OnnxExportOptions { Opset = Opset });

    /// <summary>
    /// Writes a training as three files for runtimes that take no value for an initializer, such as those of JavaScript: <c>step.onnx</c>, in which each parameter that changes is an
    /// input to be given; <c>start.onnx</c>, which has no inputs and gives the first value of each under its name; <c>model.onnx</c>, the model for inference, to which the same values are
    /// given. If anything goes wrong while they are written, the files of an earlier export stay as they were.
    /// </summary>
    /// <param name="step">The step, such as <c>trainer.TrainingStep</c>.</param>
    /// <param name="model">The model for inference.</param>
    /// <param name="folder">The folder of the files; made if it is missing.</param>
    /// <param name="options">How to write them; null for the defaults.</param>
    /// <exception cref="ExportException">The computation changes no parameter, an operation has no form in the operator set, an option is out of range, a parameter is NaN or infinite, or a
    /// model is too large.</exception>
    /// <exception cref="IOException">A file cannot be written: the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or a file is read-only.</exception>
    public static void ExportTrainingFiles(this Signature step, ISignatureSource model, string folder, TrainingFilesOptions? options = null)
    {
        TrainingFiles files = TrainingFiles.Of(Required(step), model.Inference, options ?? new TrainingFilesOptions());
        Directory.CreateDirectory(folder);
        AtomicFile.Write(
        [
            (Path.Combine(folder, "step.onnx"), files.Step.WriteTo), (Path.Combine(folder, "start.onnx"), files.Start.WriteTo), (Path.Combine(folder, "model.onnx"), files.Model.WriteTo),
        ]);
    }

    private static Signature Required(Signature step) => step.Updates.Count > 0
        ? step
        : throw new ExportException($"Expected a training step, a computation that changes parameters, found \"{step.Name}\", which changes none.");
}
