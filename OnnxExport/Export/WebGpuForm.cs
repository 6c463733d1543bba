using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Export;

/// <summary>Computations without float64 and without the positions of maximum pooling, of which WebGPU has neither. One object for all computations that share parameters.</summary>
internal sealed class WebGpuForm : GraphTransform
{
    private readonly Dictionary<Parameter, Parameter> parameters = [];

    /// <summary>The computation in this form, with parameters of its own where theirs are float64.</summary>
    public Signature Of(Signature computation) => new(
        [.. computation.Inputs.Select(Map)],
        [.. computation.Outputs.Select(output => output with { Variable = Map(output.Variable) })],
        [.. computation.Updates.Select(update => new Update(Of(update.Parameter), Map(update.NewValue)))],
        computation.Name)
    { Metadata = computation.Metadata };

    /// <inheritdoc/>
    protected override Variable Leaf(Variable leaf) =>
        leaf.DType != DType.Float64 ? leaf
        : leaf.Parameter is { } parameter ? Of(parameter).Variable
        : leaf.Constant is { } constant ? Variable.Of(Narrow(constant))
        : Variable.Input(leaf.Name!, DType.Float32, leaf.Shape);

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) => node.Operation switch
    {
        Cast { To: DType.Float32 or DType.Float64 } when inputs[0].DType == DType.Float32 => [inputs[0]],
        Cast { To: DType.Float64 } => Through(node, inputs, [new Cast(DType.Float32).Apply(inputs[0])]),
        MaxPoolGradient pooling when pooling.ByComparison(inputs[0], inputs[1]) is { } same => Through(node, inputs, [same]),
        _ => Rebuild(node, inputs),
    };

    private Parameter Of(Parameter parameter)
    {
        if (parameter.DType != DType.Float64)
            return parameter;
        if (!parameters.TryGetValue(parameter, out Parameter? narrow))
            parameters.Add(parameter, narrow = new Parameter(parameter.Name, Narrow(parameter.Value), parameter.Role));
        return narrow;
    }

    private static Value Narrow(Value wide)
    {
        Value narrow = Value.Zeros(DType.Float32, [.. wide.Sizes]);
        for (int i = 0; i < narrow.Count; i++)
            narrow[i] = wide[i];
        return narrow;
    }
}
