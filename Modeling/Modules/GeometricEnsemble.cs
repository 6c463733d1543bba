using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// The exact ensemble of a small model with dropout: every mask of every <see cref="Dropout"/> layer, weighted by its probability p(d), and the renormalized geometric
/// mean of what the subnetworks predict, ln p(y) = Σ p(d)·ln p(y | d) up to a constant. The weight scaling rule, which a model with dropout follows at inference, is an
/// approximation of it: exact for softmax regression and without hidden functions, not otherwise. Source: book section 7.12, equations 7.52 to 7.66.
/// </summary>
/// <remarks>
/// The model gives class logits [batch, classes]; the result is log-probabilities of that shape, which are logits again. With n units that can be dropped, 2ⁿ
/// subnetworks are computed for each example: at most <see cref="MaximumUnits"/> units. Examples must not depend on each other. Exports as it is, the masks as constants.
/// </remarks>
public sealed class GeometricEnsemble : Module
{
    /// <summary>The greatest number of units that can be dropped, in all layers together.</summary>
    public const int MaximumUnits = 16;

    private readonly Module inner;

    /// <summary>The ensemble of a model's subnetworks.</summary>
    /// <param name="inner">The model, trained as it is.</param>
    public GeometricEnsemble(Module inner)
    {
        this.inner = inner;
    }

    /// <summary>Whether the result is the arithmetic mean of the probabilities (as logarithms, too) instead of the geometric one; false by default.</summary>
    public bool Arithmetic { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<Module> Children => [inner];

    /// <inheritdoc/>
    protected internal override string Kind => "masks";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => inner.InputShape;

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        List<(int Units, double Rate)> layers = Layers(input);
        int total = layers.Sum(layer => layer.Units);
        if (total is 0 or > MaximumUnits)
        {
            throw new GraphException(
                $"{nameof(GeometricEnsemble)} expects a model with {nameof(Dropout)} of 1 to {MaximumUnits} units in all, for 2ⁿ masks; found {total} units in {layers.Count} layers.");
        }

        int masks = 1 << total, next = 0, firstUnit = 0;
        var drawing = new ForwardContext(Mode.Inference)
        {
            Masking = (_, x) =>
            {
                (int units, double rate) = layers[next++];
                Variable mask = Variable.Of(Masks(masks, firstUnit, units, 1.0 / (1.0 - rate))).Cast(x.DType);
                firstUnit += units;
                return (x.Reshape([input.Shape[0], masks, units]) * mask).Reshape(x.Shape);
            },
        };
        Shape example = [.. input.Shape.Skip(1)];
        Variable each = input.Reshape([input.Shape[0], 1, .. example]).Expand([input.Shape[0], masks, .. example]).Reshape([input.Shape[0] * masks, .. example]);
        Variable logits = inner.Forward(each, drawing);
        if (logits.Shape.Rank != 2 || !logits.Shape[1].IsStatic)
            throw new ShapeException($"expected a model that gives class logits [batch, classes], found {logits.Shape}.");
        Variable log = logits.LogSoftmax().Reshape([input.Shape[0], masks, logits.Shape[1]]);
        Variable weights = Variable.Of(Probabilities(masks, layers)).Cast(log.DType);
        return Arithmetic ? (weights * log.Exp()).Sum([1]).Log() : (weights * log).Sum([1]).LogSoftmax();
    }

    /// <summary>The dropout layers in the order in which they are applied, each with the number of its units.</summary>
    private List<(int Units, double Rate)> Layers(Variable input)
    {
        var layers = new List<(int, double)>();
        inner.Forward(input, new ForwardContext(Mode.Inference)
        {
            Masking = (dropout, x) =>
            {
                layers.Add((Shape.Of([.. x.Shape.Skip(1)]).ElementCount.Size, dropout.Rate));
                return x;
            },
        });
        return layers;
    }

    /// <summary>[1, masks, units]: for mask m, unit u of the layer is kept, and scaled, where bit first + u of m is 1.</summary>
    private static Value Masks(int masks, int first, int units, double scale)
    {
        var content = new double[masks * units];
        for (int m = 0; m < masks; m++)
        {
            for (int u = 0; u < units; u++)
                content[(m * units) + u] = ((m >> (first + u)) & 1) * scale;
        }

        return Value.Of(content, 1, masks, units);
    }

    /// <summary>[1, masks, 1]: the probability of each mask.</summary>
    private static Value Probabilities(int masks, List<(int Units, double Rate)> layers)
    {
        var content = new double[masks];
        for (int m = 0; m < masks; m++)
        {
            content[m] = 1.0;
            int first = 0;
            foreach ((int units, double rate) in layers)
            {
                int kept = BitOperations.PopCount((uint)(m >> first) & ((1u << units) - 1));
                content[m] *= Math.Pow(1.0 - rate, kept) * Math.Pow(rate, units - kept);
                first += units;
            }
        }

        return Value.Of(content, 1, masks, 1);
    }
}
