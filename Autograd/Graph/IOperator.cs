using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>An operation that is an operator of the ONNX standard: it can be read from a file.</summary>
public interface IOperator : IHasExamples
{
    /// <summary>The operator in the standard; null where it is the name of the record.</summary>
    static virtual string? OnnxName => null;

    /// <summary>The domain of the operator; empty for the standard one.</summary>
    static virtual string OnnxDomain => string.Empty;

    /// <summary>Applies what a node of a file says, in whichever version of the operator it is written.</summary>
    /// <param name="node">The node, with its inputs.</param>
    /// <returns>The results in the order of the node's outputs; results at the end that the file does not name may be missing.</returns>
    /// <exception cref="GraphException">The node uses something that the operation does not offer.</exception>
    static abstract IReadOnlyList<Variable> FromOnnx(OnnxNode node);
}
