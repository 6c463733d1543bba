using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Checking;

/// <summary>Which functions call which: none may call itself, and what they amount to when a runtime puts their bodies in place of the calls is bounded.</summary>
internal static class CallGraph
{
    /// <summary>The most nodes that a call may amount to: forty functions that call the next one twice would be 10¹².</summary>
    public const long MostNodes = 10_000_000;

    public static void Check(CheckContext context)
    {
        Dictionary<FunctionKey, long> sizes = Sizes(context);
        foreach (FunctionKey key in context.Functions.Keys)
        {
            if (!sizes.TryGetValue(key, out long size))
            {
                context.Error(
                    CheckRule.Function, key.ToString(), "Expected functions without recursion, found that this one calls itself or a function that does.");
            }
            else if (size > MostNodes)
            {
                context.Error(CheckRule.Function, key.ToString(), $"Expected calls that amount to {MostNodes} nodes at most, found more.");
            }
        }
    }

    /// <summary>The nodes of each function with those that it calls, counted up to one above the most; of one on a cycle or above one, nothing. Functions are
    /// taken away when all that they call are gone, each call being looked at once.</summary>
    private static Dictionary<FunctionKey, long> Sizes(CheckContext context)
    {
        var sizes = new Dictionary<FunctionKey, long>();
        var callers = context.Functions.Keys.ToDictionary(key => key, _ => new List<FunctionKey>());
        var waiting = new Dictionary<FunctionKey, int>();
        var counted = new Dictionary<FunctionKey, long>();
        var ready = new Queue<FunctionKey>();
        foreach ((FunctionKey key, FunctionProto function) in context.Functions)
        {
            (long nodes, int calls) = (0, 0);
            foreach (NodeProto node in Nodes(function.Node))
            {
                nodes++;
                if (callers.TryGetValue(FunctionKey.Of(node), out List<FunctionKey>? list))
                {
                    list.Add(key);
                    calls++;
                }
            }

            (counted[key], waiting[key]) = (nodes, calls);
            if (calls == 0)
            {
                ready.Enqueue(key);
            }
        }

        while (ready.TryDequeue(out FunctionKey done))
        {
            sizes[done] = counted[done];
            foreach (FunctionKey caller in callers[done])
            {
                counted[caller] = Math.Min(counted[caller] + counted[done], MostNodes + 1);
                if (--waiting[caller] == 0)
                {
                    ready.Enqueue(caller);
                }
            }
        }

        return sizes;
    }

    private static IEnumerable<NodeProto> Nodes(IEnumerable<NodeProto> nodes)
    {
        var pending = new Stack<NodeProto>(nodes);
        while (pending.TryPop(out NodeProto? node))
        {
            yield return node;
            foreach (AttributeProto attribute in node.Attribute)
            {
                foreach (NodeProto inner in attribute.G?.Node ?? [])
                {
                    pending.Push(inner);
                }

                foreach (NodeProto inner in attribute.Graphs.SelectMany(g => g.Node))
                {
                    pending.Push(inner);
                }
            }
        }
    }
}
