import pulumi
import pulumi_mrgc as mrgc

shards = pulumi.Config().require_int("shards")

# What plans depend on is written out; what exists only later comes from the network.
region = "us-west-2"
zone_ids = ["usw2-az1", "usw2-az2", "usw2-az3"]
tags = {"Environment": "development"}

network = mrgc.Network(
    "cache-network",
    region=region,
    zone_ids=zone_ids,
    cidr_block="10.80.0.0/18",
    fleets=mrgc.FleetMaximaArgs(cache_nodes=60),
    tags=tags,
)

cache = mrgc.HotTierRedis(
    "cache",
    network=mrgc.NetworkPlacementArgs(
        region=region,
        zone_ids=zone_ids,
        vpc_id=network.vpc_id,
        vpc_cidr_block=network.vpc_cidr_block,
        public_subnet_ids=network.public_subnet_ids,
        private_subnet_ids=network.private_subnet_ids,
        data_subnet_ids=network.data_subnet_ids,
    ),
    shards=shards,
    max_shards=20,
    tags=tags,
)

# What applications connect to, with the credentials of `auth_secret_arn`.
pulumi.export("endpoint", cache.endpoint)
pulumi.export("authSecretArn", cache.auth_secret_arn)
