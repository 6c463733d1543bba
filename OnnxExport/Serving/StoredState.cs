using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Serving;

/// <summary>Puts the values of a training into a file.</summary>
internal static class StoredState
{
    /// <summary>Makes the values those of the initializers of their names, in the graph of the model and of a training step inside it; an input of such a name gets one.</summary>
    /// <param name="model">The model, which is changed.</param>
    /// <param name="values">The values by name.</param>
    /// <param name="asInputs">Whether such an input remains one, with the value as default.</param>
    /// <returns>How many values the model has.</returns>
    /// <exception cref="ServingException">The model has a name with another type or other sizes.</exception>
    public static int Put(ModelProto model, IReadOnlyDictionary<string, Value> values, bool asInputs)
    {
        int count = 0;
        foreach (GraphProto graph in model.TrainingInfo.Select(training => training.Algorithm).OfType<GraphProto>().Append(model.Graph))
            count += Put(graph, values, asInputs);
        return count;
    }

    private static int Put(GraphProto graph, IReadOnlyDictionary<string, Value> values, bool asInputs)
    {
        int count = 0;
        for (int i = 0; i < graph.Initializer.Count; i++)
        {
            TensorProto old = graph.Initializer[i];
            if (!values.TryGetValue(old.Name, out Value? value))
                continue;
            Require(old.Name, old.DataType, old.Dims, value);
            graph.Initializer[i] = TensorConversion.ToProto(value, old.Name);
            count++;
        }

        HashSet<string> initialized = [.. graph.Initializer.Select(tensor => tensor.Name)];
        foreach (ValueInfoProto input in graph.Input.Where(input => !initialized.Contains(input.Name)).ToArray())
        {
            if (!values.TryGetValue(input.Name, out Value? value))
                continue;
            TypeProto.Types.Tensor type = input.Type.TensorType;
            Require(input.Name, type.ElemType, [.. type.Shape.Dim.Select(dim => dim.DimValue)], value);
            graph.Initializer.Add(TensorConversion.ToProto(value, input.Name));
            if (!asInputs)
                graph.Input.Remove(input);
            count++;
        }

        return count;
    }

    private static void Require(string name, int type, IReadOnlyList<long> sizes, Value value)
    {
        if (type != (int)value.DType.ToDataType() || !sizes.SequenceEqual(value.Sizes.ToArray().Select(size => (long)size)))
            throw new ServingException($"Expected {value} for \"{name}\", as the training step has it, found {TensorConversion.ToDType(type)}[{string.Join(", ", sizes)}].");
    }
}
