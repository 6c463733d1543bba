using Toolkit.Autograd.Graph;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A function of named variables as a model, for several inputs or outputs where no class of one's own is wanted: it is written as it is read, in plain calls of its parts. Source:
/// book section 6.5.1 (computational graphs).
/// </summary>
/// <remarks><code>
/// var model = new FunctionalModel([words, reader, price], (x, context) =>
/// {
///     Variable text = reader.Forward(words.Forward(x["text"], context), context);
///     return new Named(("price", price.Forward(Ops.Concat(1, text, x["numbers"]), context)));
/// });
/// </code>Nothing is registered by a call: what the function applies must be among the parts, or it is an error.</remarks>
public sealed class FunctionalModel : Model
{
    private readonly Func<Named, ForwardContext, Named> function;

    /// <summary>A model of a function.</summary>
    /// <param name="parts">The models that the function applies, in a fixed order.</param>
    /// <param name="function">Gives the outputs by name for the inputs by name; what it does not ask for is not read.</param>
    public FunctionalModel(IReadOnlyList<Model> parts, Func<Named, ForwardContext, Named> function)
    {
        Children = [.. parts];
        this.function = function;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Model> Children { get; }

    /// <inheritdoc/>
    protected override Named Build(Named inputs, ForwardContext context) => function(inputs, context);
}
