using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>A skip connection: f(x) + s(x), where s is the identity unless a shortcut is given (book section 8.7.5). Source: He, Zhang, Ren, Sun, "Deep
/// residual learning for image recognition", 2015.</summary>
public sealed class Residual : Module
{
    private readonly Module inner;

    /// <summary>A skip connection around a module.</summary>
    /// <param name="inner">The module f.</param>
    public Residual(Module inner)
    {
        this.inner = inner;
    }

    /// <summary>The module s that brings the input to the shape of f's result; null (the default) for the identity.</summary>
    public Module? Shortcut { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<Module> Children => Shortcut is null ? [inner] : [inner, Shortcut];

    /// <inheritdoc/>
    protected internal override string Kind => "residual";

    /// <inheritdoc/>
    protected override Shape? ExpectedInput => inner.InputShape;

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        Variable main = inner.Forward(input, context);
        Variable skip = Shortcut is null ? input : Shortcut.Forward(input, context);
        if (main.Shape != skip.Shape)
        {
            throw new ShapeException(
                $"expected a result of the shape {skip.Shape} that goes past it, found {main.Shape}; give a {nameof(Shortcut)} that fits.");
        }

        return main + skip;
    }
}
