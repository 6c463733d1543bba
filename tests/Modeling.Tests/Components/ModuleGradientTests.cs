using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>Gradients of every module with respect to its input and each parameter, against differences in float64, to order 2.</summary>
public sealed class ModuleGradientTests
{
    /// <summary>An input that the module of a row takes. What draws random numbers is checked as it serves.</summary>
    private static readonly Dictionary<string, (int[] Sizes, Mode Mode)> Fit = new()
    {
        [nameof(Activation)] = ([2, 4], Mode.Training),
        [nameof(Autoencoder)] = ([2, 4], Mode.Training),
        [nameof(AveragePool1D)] = ([1, 1, 5], Mode.Training),
        [nameof(AveragePool2D)] = ([1, 1, 4, 4], Mode.Training),
        [nameof(AveragePool3D)] = ([1, 1, 2, 4, 2], Mode.Training),
        [nameof(BatchNormalization)] = ([4, 2], Mode.Training),
        [nameof(Conv1D)] = ([2, 1, 4], Mode.Training),
        [nameof(Conv2D)] = ([1, 1, 4, 4], Mode.Training),
        [nameof(Conv3D)] = ([1, 1, 2, 3, 2], Mode.Training),
        [nameof(ConvTranspose1D)] = ([2, 1, 4], Mode.Training),
        [nameof(ConvTranspose2D)] = ([1, 1, 3, 3], Mode.Training),
        [nameof(ConvTranspose3D)] = ([1, 1, 2, 2, 2], Mode.Training),
        [nameof(Dense)] = ([2, 2], Mode.Training),
        [nameof(DenseConnection)] = ([2, 4], Mode.Training),
        [nameof(DropConnect)] = ([2, 2], Mode.Inference),
        [nameof(Dropout)] = ([2, 4], Mode.Inference),
        [nameof(Ensemble)] = ([2, 4], Mode.Training),
        [nameof(FastDropout)] = ([2, 2], Mode.Training),
        [nameof(FixedProjection)] = ([2, 2], Mode.Training),
        [nameof(Flatten)] = ([2, 4], Mode.Training),
        [nameof(GaussianNoise)] = ([2, 4], Mode.Inference),
        [nameof(GlobalPool)] = ([1, 2, 3, 3], Mode.Training),
        [nameof(GroupNormalization)] = ([2, 4], Mode.Training),
        [nameof(Gru)] = ([2, 3, 2], Mode.Training),
        [nameof(LayerNormalization)] = ([2, 4], Mode.Training),
        [nameof(LowRankDense)] = ([2, 4], Mode.Training),
        [nameof(Lstm)] = ([2, 3, 2], Mode.Training),
        [nameof(MaxPool1D)] = ([1, 1, 5], Mode.Training),
        [nameof(MaxPool2D)] = ([1, 1, 4, 4], Mode.Training),
        [nameof(MaxPool3D)] = ([1, 1, 2, 4, 2], Mode.Training),
        [nameof(Maxout)] = ([2, 4], Mode.Training),
        [nameof(MixtureClassifier)] = ([2, 2], Mode.Training),
        [nameof(MultiHeadAttention)] = ([2, 3, 4], Mode.Training),
        [nameof(ParametricRelu)] = ([2, 2], Mode.Training),
        [nameof(PositionalEmbedding)] = ([2, 2, 4], Mode.Training),
        [nameof(PositionalEncoding)] = ([2, 3, 2], Mode.Training),
        [nameof(RadialBasis)] = ([2, 2], Mode.Training),
        [nameof(Recurrent)] = ([2, 3, 2], Mode.Training),
        [nameof(Rescaling)] = ([2, 3], Mode.Training),
        [nameof(Reshape)] = ([2, 6], Mode.Training),
        [nameof(Residual)] = ([2, 4], Mode.Training),
        [nameof(Sequential)] = ([2, 4], Mode.Training),
        [nameof(SharedOutputs)] = ([2, 2], Mode.Training),
        [nameof(SignatureModel)] = ([2, 2], Mode.Training),
        [nameof(Standardization)] = ([2, 2], Mode.Training),
        [nameof(StochasticPool2D)] = ([1, 1, 4, 4], Mode.Inference),
        [nameof(TransformerEncoder)] = ([1, 3, 4], Mode.Training),
        [nameof(TransposedDense)] = ([2, 3], Mode.Training),
    };

    public static TheoryData<string> Names => [.. Fit.Keys];

    // An embedding looks rows up by number: its only gradient is that of Gather, which the battery of operations checks. Monte Carlo
    // runs and those of a geometric ensemble are runs of their model, under masks in single precision. A decoder has two inputs: TransformerTests.
    [Fact]
    public void Every_module_has_an_input() =>
        Refusals.Complete(typeof(Module), [.. Fit.Keys, nameof(Embedding), nameof(GeometricEnsemble), nameof(MonteCarlo), nameof(TransformerDecoder)]);

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_are_right_to_order_two(string name)
    {
        (int[] sizes, Mode mode) = Fit[name];
        var module = (Module)ModuleTable.Rows[name].Make!();
        Variable input = Variable.Input("input", DType.Float32, Shape.OfSizes(sizes));
        Variable output = module.Forward(input, new ForwardContext(mode));
        // Away from kinks and ties: no number is 0, and no two are alike.
        double[] at = [.. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b)).Select(i => Math.Sin((i * 1.7) + 0.3))];
        Run.CheckGradients(x => InDouble(output, (input, x)), at, sizes);
        foreach (Parameter parameter in module.Parameters.Where(p => p.Value.DType == DType.Float32))
        {
            Variable fixedInput = Variable.Of(Value.Of(at, sizes));
            double[] values = [.. Run.Numbers(parameter.Value).Select((v, i) => v + (0.1 * Math.Sin(i + 1)))];
            Run.CheckGradients(x => InDouble(output, (parameter.Variable, x), (input, fixedInput)), values, [.. parameter.Value.Sizes]);
        }
    }

    /// <summary>The same computation in float64, with variables in the place of some leaves.</summary>
    private static Variable InDouble(Variable output, params ReadOnlySpan<(Variable Leaf, Variable Instead)> replaced)
    {
        var replacements = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
        foreach ((Variable leaf, Variable instead) in replaced)
        {
            replacements[leaf] = instead;
        }

        var pending = new Stack<Variable>([output]);
        var seen = new HashSet<Variable>(ReferenceEqualityComparer.Instance);
        while (pending.TryPop(out Variable? variable))
        {
            if (!seen.Add(variable))
            {
                continue;
            }

            if (variable.Producer is { } node)
            {
                foreach (Variable argument in node.Inputs)
                {
                    pending.Push(argument);
                }
            }
            else if (variable.DType == DType.Float32 && (variable.Constant ?? variable.Parameter?.Value) is { } value)
            {
                replacements.TryAdd(variable, Variable.Of(Value.Of(Run.Numbers(value), [.. value.Sizes])));
            }
        }

        return new Doubled(replacements).Map(output);
    }

    /// <summary>Puts variables in the place of leaves; what is cast to single precision there is cast to double here.</summary>
    private sealed class Doubled : GraphTransform
    {
        public Doubled(Dictionary<Variable, Variable> replacements)
        {
            foreach ((Variable leaf, Variable instead) in replacements)
                Set(leaf, instead);
        }

        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) =>
            node.Operation is Cast { To: DType.Float32 } ? [inputs[0].Cast(DType.Float64)] : Rebuild(node, inputs);
    }
}
