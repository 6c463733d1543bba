using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Import;

/// <summary>A valid ONNX model cannot be read as a computation: it has an operator, an element type or a form that the engine does not have.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">The error of the operation, if it was one.</param>
public sealed class ImportException(string message, Exception? innerException = null) : ToolkitException(message, innerException)
{
    /// <summary>Whether both branches of a choice can be read up to the end of the graph around it, where they give values of different ranks.</summary>
    internal bool IsOfRanks { get; init; }
}
