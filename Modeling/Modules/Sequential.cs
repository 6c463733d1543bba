using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>Modules one after the other: f(x) = fₙ(… f₂(f₁(x))), the chain structure of book section 6 (introduction).</summary>
public sealed class Sequential : Module
{
    private readonly Module[] layers;

    /// <summary>A chain of modules.</summary>
    /// <param name="layers">The modules, the first one takes the input; at least one.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public Sequential(params ReadOnlySpan<Module> layers)
    {
        if (layers.IsEmpty)
            throw new ArgumentException("Expected at least one module, found none.", nameof(layers));
        this.layers = layers.ToArray();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Module> Children => layers;

    /// <inheritdoc/>
    protected internal override string Kind => "sequential";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => layers[0].InputShape;

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Variable x = input;
        for (int i = 0; i < layers.Length; i++)
        {
            try
            {
                x = layers[i].Forward(x, context);
            }
            catch (ShapeException e) when (i > 0 && !e.Data.Contains(nameof(Sequential)))
            {
                var located = new ShapeException($"{e.Message} That is what {layers[i - 1].Title} gives.", e);
                located.Data[nameof(Module)] = located.Data[nameof(Sequential)] = Path;
                throw located;
            }
        }

        return x;
    }
}
