using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A model with dropout or noise, evaluated by drawing masks also at inference: the mean of k runs, and with <see cref="WithVariance"/> their variance
/// beside it, [batch, 2n]: one run of a batch in which each example stands k times. The masks follow from the layers' keys, so the same input gives the same numbers. Source: book section 7.12 (10 to 20 masks
/// are often enough); Gal, Ghahramani, "Dropout as a Bayesian approximation", 2016.
/// </summary>
/// <remarks>The variance is that of the runs, divided by k; the noise of the target comes on top of it. Only dropout and noise layers should
/// differ between the modes of the model: batch normalization would use the batch. The exported model draws the same masks, written out in integer
/// operators (fastest from operator set 18 on).</remarks>
public sealed class MonteCarlo : Module
{
    private readonly Module inner;

    /// <summary>A model that is run several times.</summary>
    /// <param name="inner">The model, trained as it is.</param>
    /// <param name="samples">k, the number of runs.</param>
    public MonteCarlo(Module inner, int samples)
    {
        this.inner = inner;
        Samples = Settings.AtLeastOne(samples);
    }

    /// <summary>The number of runs.</summary>
    public int Samples { get; }

    /// <summary>Whether the variance is given beside the mean; false by default.</summary>
    public bool WithVariance { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<Module> Children => [inner];

    /// <inheritdoc/>
    protected internal override string Kind => "montecarlo";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => inner.InputShape;

    /// <summary>Runs that cannot differ, or that differ by more than masks, are refused.</summary>
    private void CheckDrawing(ForwardContext drawing)
    {
        foreach (Module module in All(inner))
        {
            if (module.FaultWhenDrawn is { } fault)
                throw new GraphException($"{nameof(MonteCarlo)} runs layers as in training and draws masks, but {module.Title} {fault}.");
        }

        if (drawing.Updates.Count == 0)
            throw new GraphException($"{nameof(MonteCarlo)} expects a model that draws, with {nameof(Dropout)} or noise, found one whose runs are all the same: {inner.Title}.");

        static IEnumerable<Module> All(Module module) => module.Children.SelectMany(All).Prepend(module);
    }

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        // A context of its own: the layers draw as in training. The runs stand behind each other along the axis of the batch, where each row has masks of its own.
        var drawing = new ForwardContext(Mode.Training);
        Dim batch = input.Shape[0];
        Dim[] rest = [.. input.Shape.Skip(1)];
        Variable repeated = input.Reshape([1, batch, .. rest]).Expand([Samples, batch, .. rest]).Reshape([Samples * batch, .. rest]);
        Variable all = inner.Forward(repeated, drawing);
        CheckDrawing(drawing);
        if (all.Shape.Rank == 0 || all.Shape[0] != Samples * batch)
            throw new ShapeException($"{nameof(MonteCarlo)} expects a model that gives something for each example, [{Samples * batch}, …], found {all.Shape}.");
        Variable runs = all.Reshape([Samples, batch, .. all.Shape.Skip(1)]), mean = runs.Mean([0]);
        return WithVariance ? Ops.Concat(1, mean, (runs - mean).Square().Mean([0])) : mean;
    }
}
