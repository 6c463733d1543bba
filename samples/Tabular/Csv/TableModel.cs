using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.Tabular.Csv;

/// <summary>Reads "numbers" and categories by name, each category as a learned vector or in one-hot form; a category that is not among the names is 0 in both. Gives "output".</summary>
internal sealed class TableModel : Model
{
    private readonly IReadOnlyList<(string Name, int Count)> categories;
    private readonly Dictionary<string, Embedding> vectors = [];
    private readonly List<Module> layers = [];

    public TableModel(int numbers, IReadOnlyList<(string Name, int Count)> categories, bool hasVectors, Settings settings, RandomSource random)
    {
        this.categories = categories;
        int width = numbers;
        foreach ((string name, int count) in categories)
        {
            int size = hasVectors ? settings.CountOrOwn("width") ?? Math.Clamp((int)Math.Round(1.6 * Math.Pow(count, 0.56)), 1, 50) : count;
            if (hasVectors)
                vectors[name] = new Embedding(count, size, random) { TableInitializer = new Normal(1 / Math.Sqrt(size)) };
            width += size;
        }

        for (int layer = 0; layer < settings.Count("layers"); layer++)
        {
            layers.Add(new Dense(width, settings.Count("units"), random) { Activation = Ops.Relu, WeightInitializer = new HeNormal() });
            if (settings["dropout"] > 0)
                layers.Add(new Dropout(settings["dropout"], random));
            width = settings.Count("units");
        }

        layers.Add(new Dense(width, 1, random));
    }

    public override IReadOnlyList<Model> Children => [.. vectors.Values, .. layers];

    protected override Named Build(Named inputs, ForwardContext context)
    {
        Variable[] parts = [inputs["numbers"], .. categories.Select(category => Of(inputs[category.Name], category, context))];
        return layers.Aggregate(Ops.Concat(1, parts), (x, layer) => layer.Forward(x, context));
    }

    private Variable Of(Variable ids, (string Name, int Count) category, ForwardContext context)
    {
        Variable known = Ops.Less(ids, category.Count), id = Ops.Where(known, ids, 0);
        Variable vector = vectors.TryGetValue(category.Name, out Embedding? table) ? table.Forward(id, context) : Ops.OneHot(id, category.Count, DType.Float32);
        return Ops.Where(known.Reshape([ids.Shape[0], 1]), vector, 0);
    }
}
