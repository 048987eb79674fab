package command

// pubsubDocs documents PubSubSpecs.
var pubsubDocs = map[string]doc{
	"psubscribe":           {since: "2.0.0", complexity: "O(N), N the patterns", summary: "Listens to the channels that match patterns.", args: "pattern:pattern..."},
	"publish":              {since: "2.0.0", complexity: "O(N+M), N the subscribers of the channel, M the patterns that begin like it", summary: "Sends a message to a channel.", args: "channel message"},
	"pubsub":               {since: "2.8.0", complexity: "depends on the subcommand", summary: "Looks at channels and their subscribers."},
	"pubsub|channels":      {since: "2.8.0", complexity: "O(N), N the channels", summary: "The channels that have subscribers.", args: "[pattern:pattern]"},
	"pubsub|help":          {since: "6.2.0", summary: "Describes the subcommands."},
	"pubsub|numpat":        {since: "2.8.0", summary: "How many patterns have subscribers."},
	"pubsub|numsub":        {since: "2.8.0", complexity: "O(N), N the channels asked for", summary: "How many subscribers channels have.", args: "[channel...]"},
	"pubsub|shardchannels": {since: "7.0.0", complexity: "O(N), N the shard channels", summary: "The shard channels that have subscribers.", args: "[pattern:pattern]"},
	"pubsub|shardnumsub":   {since: "7.0.0", complexity: "O(N), N the shard channels asked for", summary: "How many subscribers shard channels have.", args: "[shardchannel...]"},
	"punsubscribe":         {since: "2.0.0", complexity: "O(N), N the patterns", summary: "Stops listening to patterns.", args: "[pattern:pattern...]"},
	"spublish":             {since: "7.0.0", complexity: "O(N), N the subscribers of the shard channel", summary: "Sends a message to a shard channel.", args: "shardchannel message"},
	"ssubscribe":           {since: "7.0.0", complexity: "O(N), N the shard channels", summary: "Listens to shard channels.", args: "shardchannel..."},
	"subscribe":            {since: "2.0.0", complexity: "O(N), N the channels", summary: "Listens to channels.", args: "channel..."},
	"sunsubscribe":         {since: "7.0.0", complexity: "O(N), N the shard channels", summary: "Stops listening to shard channels.", args: "[shardchannel...]"},
	"unsubscribe":          {since: "2.0.0", complexity: "O(N), N the channels", summary: "Stops listening to channels.", args: "[channel...]"},
}
