using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.Listing;

/// <summary>Reads "text" (ids of words) and "size", gives "price" and "kind".</summary>
internal sealed class ListingModel(RandomSource random) : Model
{
    private readonly Embedding words = new(Listings.Words, 8, random);
    private readonly GlobalPool pool = new();
    private readonly Dense trunk = new(9, 32, random) { Activation = Ops.Relu }, price = new(32, 1, random), kind = new(32, 2, random);

    public override IReadOnlyList<Model> Children => [words, pool, trunk, price, kind];

    protected override Named Build(Named inputs, ForwardContext context)
    {
        Variable text = pool.Forward(words.Forward(inputs["text"], context), context);
        Variable shared = trunk.Forward(Ops.Concat(1, text, inputs["size"]), context);
        return new Named(("price", price.Forward(shared, context)), ("kind", kind.Forward(shared, context)));
    }
}
