using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import.Sequences;

namespace Toolkit.OnnxExport.Import;

/// <content>Graphs in attributes, and values that are no tensors.</content>
internal sealed partial class GraphReader
{
    /// <summary>Reads a node that takes or gives sequences or optionals.</summary>
    private void ReadStructured(NodeProto node)
    {
        FileValue?[] inputs = [.. node.Input.Select((name, i) => name.Length == 0 ? null : Find(name, node, i))];
        if (SequenceMap.Is(node))
        {
            foreach (NodeProto part in SequenceMap.Expand(node, [.. inputs.Select(input => input is FileValue.Sequence)]))
                Read(part, inner => new Inner(inner, this));
        }
        else if (NodeReader.Told(node, Version(node.Domain), () => SequenceOperators.Read(node, inputs)) is { } result)
        {
            Set(node.Output[0], result);
        }
        else if (node.OpType == "Identity" && inputs is [{ } same])
        {
            Set(node.Output[0], same);
        }
        else if (node.OpType == "Loop" && node.Domain is "" or "ai.onnx")
        {
            FileValue[] carried = [.. inputs.Skip(2).OfType<FileValue>()];
            IReadOnlyList<Variable> results = NodeReader.Read(
                Flat(node, carried), Version(node.Domain), [.. inputs.Take(2).Select(input => input?.Parts[0]), .. FileValue.PartsOf(carried)], operators, inner => new Inner(inner, this, carried));
            Give(node, carried, results);
        }
        else if (TakesMap(node))
        {
            Give(node, [], NodeReader.Read(node, Version(node.Domain), FileValue.PartsOf(inputs.OfType<FileValue>()), operators, inner => new Inner(inner, this)));
        }
        else
        {
            string kinds = string.Join(", ", inputs.Select(input => input?.GetType().Name ?? "none"));
            throw new ImportException($"The node \"{node.Name}\" ({node.OpType}) takes tensors, found inputs of the kinds {kinds}.");
        }
    }

    /// <summary>Whether an operator takes a map, by its keys and values.</summary>
    private static bool TakesMap(NodeProto node) => node is { Domain: "ai.onnx.ml", OpType: "CastMap" or "DictVectorizer" };

    private void Set(string name, FileValue value)
    {
        if (name.Length == 0)
            return;
        if (value is FileValue.Tensor tensor)
            values[name] = tensor.Variable;
        else
            structures[name] = value;
    }

    private bool IsStructure(string name) => structures.ContainsKey(name) || (around?.IsStructure(name) == true && !values.ContainsKey(name) && !initializers.Has(name));

    private FileValue Find(string name, NodeProto? reader = null, int input = 0)
    {
        if (!IsStructure(name))
            return new FileValue.Tensor(Value(name, reader, input));
        if (structures.TryGetValue(name, out FileValue? value))
            return value;
        value = around!.Find(name, reader, input);
        outside.UnionWith(value.Sources);
        return value;
    }

    private static List<FileValue> Formed(IReadOnlyList<FileValue> kinds, IReadOnlyList<Variable> parts)
    {
        var open = new Queue<Variable>(parts);
        return [.. kinds.Select(kind => kind.Of(open)), .. open.Select(part => new FileValue.Tensor(part))];
    }

    /// <summary>A node in whose place of results of some kinds stand the tensors of which they consist; the node itself where these are tensors.</summary>
    private static NodeProto Flat(NodeProto node, IReadOnlyList<FileValue> kinds)
    {
        if (kinds.All(kind => kind is FileValue.Tensor))
            return node;
        NodeProto flat = node.Clone();
        flat.Output.Clear();
        flat.Output.AddRange(node.Output.SelectMany((name, i) => i < kinds.Count ? kinds[i].NamesOf(name) : [name]));
        return flat;
    }

    /// <summary>A graph in an attribute. It is read each time that it is applied.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="around">The reader of the graph around it.</param>
    /// <param name="carried">What the carried values of a loop are before it; after the graph has been read, what they are in every turn. Empty where all inputs are tensors.</param>
    private sealed class Inner(GraphProto graph, GraphReader around, params FileValue[] carried) : OnnxGraph
    {
        private const int BeforeCarried = 2;

        public override IReadOnlyList<Variable> Apply(IReadOnlyList<Variable> inputs, HashSet<Variable> outside)
        {
            List<FileValue> values = Values(inputs, outside);
            while (Widen(values))
                values = Values(inputs, outside);
            return FileValue.PartsOf(values);
        }

        public List<FileValue> Values(IReadOnlyList<Variable> inputs, HashSet<Variable> outside)
        {
            var reader = new GraphReader(graph, around) { outside = outside };
            List<FileValue> given = [.. inputs.Take(BeforeCarried).Select(input => new FileValue.Tensor(input)), .. Formed(carried, [.. inputs.Skip(BeforeCarried)])];
            if (graph.Input.Count != given.Count)
                throw new GraphException($"Expected {given.Count} inputs of the graph \"{graph.Name}\", found {graph.Input.Count}.");
            for (int i = 0; i < given.Count; i++)
                reader.Set(graph.Input[i].Name, given[i]);
            return reader.ReadAll(graph.Node, end => end.Results(graph));
        }

        /// <summary>Takes back what is known of carried values, such as the number of axes of tensors in a sequence, and is not so after a turn.</summary>
        private bool Widen(List<FileValue> results)
        {
            bool isWider = false;
            for (int i = 0; i < carried.Length && 1 + i < results.Count; i++)
            {
                FileValue both = carried[i].Or(results[1 + i]);
                isWider |= !both.IsAs(carried[i]);
                carried[i] = both;
            }

            return isWider;
        }
    }

    /// <summary>A graph in an attribute that has been read.</summary>
    private sealed class Given(IReadOnlyList<Variable> results, HashSet<Variable> read) : OnnxGraph
    {
        public override IReadOnlyList<Variable> Apply(IReadOnlyList<Variable> inputs, HashSet<Variable> outside)
        {
            outside.UnionWith(read);
            return results;
        }
    }
}
